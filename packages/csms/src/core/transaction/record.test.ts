import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Found } from '../../store/write.ts';
import { makeStation } from '../../testing/station.ts';
import type { MeterValue } from '../meter/meter-value.ts';
import type { TokenStanding } from '../queries.ts';
import type { TransactionFact } from './fact.ts';
import { type Recorded, recordFact } from './record.ts';
import type { TransactionTwin } from './twin.ts';

const receivedAt = new Date('2026-03-01T12:00:00.000Z');
const at = (minute: number) => `2026-03-01T11:${String(minute).padStart(2, '0')}:00.000Z`;

const station = () => makeStation('2.0.1');

function register(minute: number, wh: number, context: MeterValue['samples'][number]['context']): MeterValue {
  return {
    at: at(minute),
    samples: [
      {
        value: String(wh),
        measurand: 'Energy.Active.Import.Register',
        context,
        location: 'Outlet',
        unit: 'Wh',
        multiplier: 0,
      },
    ],
  };
}

function fact(
  kind: TransactionFact['kind'],
  seqNo: number,
  more: Partial<TransactionFact> = {},
): TransactionFact {
  return {
    kind,
    stationTransactionId: 't1',
    seqNo,
    at: at(seqNo),
    offline: false,
    evseId: 1,
    meterValues: [],
    ...more,
  };
}

const accepted: TokenStanding = {
  claimKey: 'abc',
  status: 'Accepted',
  concurrent: false,
  groupId: 'fleet',
  expiresAt: undefined,
  language: undefined,
};

/** Records facts one after the other, as a station's lane does, and keeps what was read before. */
function recorder(twin = station()) {
  let ids = 0;
  const readings: MeterValue[] = [];
  const known = new Map<string, TransactionTwin>();
  return {
    twin,
    record(
      next: TransactionFact,
      {
        standing,
        found = { held: [true], keyReused: false },
      }: { standing?: TokenStanding; found?: Found } = {},
    ): Recorded {
      const recorded = recordFact({
        station: twin,
        fact: next,
        known: known.get(next.stationTransactionId),
        standing,
        readings: [...readings],
        receivedAt,
        newId: () => `00000000-0000-0000-0000-${String(++ids).padStart(12, '0')}`,
      }).settle(found);
      recorded.apply();
      known.set(next.stationTransactionId, recorded.transaction);
      readings.push(...next.meterValues.map((value) => ({ ...value, sequence: next.seqNo ?? 0 })));
      return recorded;
    },
  };
}

const kinds = (recorded: Recorded) => recorded.findings.map(({ kind }) => kind);
const tables = (recorded: Recorded) => recorded.writes.map(({ kind }) => kind.name);

describe('recording the facts of a transaction', () => {
  it('follows a transaction from start to end, with its energy', () => {
    const { twin, record } = recorder();
    record(
      fact('Started', 0, {
        idToken: { idToken: 'ABC', type: 'ISO14443' },
        meterValues: [register(0, 1_000, 'Transaction.Begin')],
      }),
      { standing: accepted },
    );
    record(
      fact('Updated', 1, { chargingState: 'Charging', meterValues: [register(1, 1_400, 'Sample.Periodic')] }),
    );
    assert.equal(twin.transactions.get('t1')?.chargingState, 'Charging');
    const { transaction, findings } = record(
      fact('Ended', 2, {
        stoppedReason: 'EVDisconnected',
        meterValues: [register(2, 2_500, 'Transaction.End')],
      }),
    );
    assert.deepEqual(findings, []);
    assert.deepEqual(
      [
        transaction.state,
        transaction.importedWh,
        transaction.energyTrusted,
        transaction.stoppedReason,
        transaction.idToken,
      ],
      ['Ended', '1500', true, 'EVDisconnected', 'ABC'],
    );
    assert.equal(twin.transactions.size, 0);
  });

  it('E01.FR.12 answers ConcurrentTx when the claim for the token was lost, and records the fact all the same', () => {
    const { record } = recorder();
    const recorded = record(fact('Started', 0, { idToken: { idToken: 'ABC', type: undefined } }), {
      standing: accepted,
      found: { held: [false], keyReused: false },
    });
    assert.equal(recorded.tokenStatus, 'ConcurrentTx');
    assert.ok(tables(recorded).includes('transaction_event'));
  });

  it('claims nothing for a token that may charge several times at once, or that is not accepted', () => {
    for (const standing of [
      { ...accepted, concurrent: true },
      { ...accepted, status: 'Blocked' as const },
    ]) {
      const { claims } = recordFact({
        station: station(),
        fact: fact('Started', 0, { idToken: { idToken: 'ABC', type: undefined } }),
        known: undefined,
        standing,
        readings: [],
        receivedAt,
        newId: () => 'id',
      });
      assert.deepEqual(claims, []);
    }
  });

  it('records an end without a start, with a finding and energy that is not trusted', () => {
    const { record } = recorder();
    const recorded = record(fact('Ended', 5, { meterValues: [register(5, 9_000, 'Transaction.End')] }));
    assert.deepEqual(kinds(recorded), ['transaction-start-missing', 'energy-not-trusted', 'sequence-gap']);
    assert.deepEqual([recorded.transaction.startSeen, recorded.transaction.endSeen], [false, true]);
    assert.deepEqual(recorded.transaction.missing, [[0, 4]]);
  });

  it('computes the energy anew when a queued event arrives after the end', () => {
    const { record } = recorder();
    const early = record(fact('Ended', 2, { meterValues: [register(20, 2_000, 'Transaction.End')] }));
    assert.equal(early.transaction.energyTrusted, false);
    record(fact('Updated', 1, { offline: true }));
    const late = record(
      fact('Started', 0, { offline: true, meterValues: [register(0, 1_000, 'Transaction.Begin')] }),
    );
    assert.deepEqual(
      [
        late.transaction.state,
        late.transaction.importedWh,
        late.transaction.energyTrusted,
        late.transaction.missing,
      ],
      ['Ended', '1000', true, []],
    );
    assert.equal(late.transaction.startedAt, at(0));
  });

  it('closes a transaction that lost its end when the next one begins at its EVSE', () => {
    const { twin, record } = recorder();
    record(fact('Started', 0, { idToken: { idToken: 'ABC', type: undefined } }), { standing: accepted });
    const next = record(
      fact('Started', 0, {
        stationTransactionId: 't2',
        at: at(30),
        idToken: { idToken: 'ABC', type: undefined },
      }),
      { standing: accepted },
    );
    assert.deepEqual(kinds(next), ['transaction-end-missing']);
    assert.deepEqual([...twin.transactions.keys()], ['t2']);
    assert.deepEqual(
      next.events.map(({ type }) => type),
      ['transaction.ended', 'transaction.started'],
    );
    assert.ok(tables(next).includes('token_use_1_take_over'));
  });

  it('leaves the transaction of another EVSE alone', () => {
    const { twin, record } = recorder();
    record(fact('Started', 0));
    record(fact('Started', 0, { stationTransactionId: 't2', evseId: 2, at: at(30) }));
    assert.deepEqual([...twin.transactions.keys()], ['t1', 't2']);
  });

  it('takes an id that is used again after its end for another transaction', () => {
    const { record } = recorder();
    const first = record(fact('Started', 0));
    record(fact('Ended', 1));
    const again = record(fact('Started', 0, { at: at(40) }));
    assert.deepEqual(kinds(again), ['transaction-id-reused']);
    assert.equal(again.transaction.reuse, 1);
    assert.notEqual(again.transaction.id, first.transaction.id);
  });

  it('records every event of a station whose sequence number stays 0', () => {
    const { record } = recorder();
    const reused = { found: { held: [], keyReused: true } };
    record(fact('Started', 0));
    const second = record(fact('Updated', 0, { at: at(3) }), reused);
    const third = record(fact('Ended', 0, { at: at(6) }), reused);
    assert.equal(third.transaction.events, 3);
    assert.deepEqual(third.transaction.missing, []);
    assert.ok(kinds(second).includes('sequence-number-reused'));
  });

  it('does not let an old event set back the charging state', () => {
    const { record } = recorder();
    record(fact('Started', 0, { chargingState: 'EVConnected' }));
    record(fact('Updated', 3, { chargingState: 'Charging' }));
    const late = record(fact('Updated', 2, { chargingState: 'EVConnected' }));
    assert.equal(late.transaction.chargingState, 'Charging');
  });

  it('writes the transaction itself only when something of it has changed', () => {
    const { record } = recorder();
    record(fact('Started', 0, { chargingState: 'Charging' }));
    const same = record(
      fact('Updated', 1, { chargingState: 'Charging', meterValues: [register(1, 1, 'Sample.Periodic')] }),
    );
    assert.deepEqual(tables(same), ['transaction_event', 'meter_sample']);
  });

  it('notices a clock that is wrong by years in either direction', () => {
    for (const instant of ['2031-01-01T00:00:00.000Z', '1970-01-01T00:00:10.000Z']) {
      const { record } = recorder();
      assert.ok(kinds(record(fact('Started', 0, { at: instant }))).includes('clock-wrong'));
    }
  });

  it('links the remote start that led to the transaction', () => {
    const { twin, record } = recorder();
    twin.remoteStarts = [{ remoteStartId: 7, idToken: 'ABC', evseId: 1, givenAtMs: 0 }];
    const started = record(fact('Started', 0, { remoteStartId: 7 }));
    assert.ok(tables(started).includes('operation_remote_start'));
    assert.deepEqual(twin.remoteStarts, []);
  });

  it('frees the token when the transaction ends', () => {
    const { record } = recorder();
    record(fact('Started', 0, { idToken: { idToken: 'ABC', type: undefined } }), { standing: accepted });
    assert.ok(tables(record(fact('Ended', 1))).includes('token_use_2_release'));
  });
});
