import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { versions } from '@busbar/ocpp';
import type { Json } from '../support/api.ts';
import { beginCharging, tokenStatusOf } from '../support/charging.ts';
import { type Csms, startCsms } from '../support/csms.ts';
import { eventually } from '../support/eventually.ts';
import { connectStation, type WireStation } from '../support/station.ts';

const minute = 60_000;

/** A 2.x event with a register reading. */
function event(
  kind: 'Started' | 'Updated' | 'Ended',
  transactionId: string,
  seqNo: number,
  { at, wh, ...rest }: { at: string; wh?: number } & Record<string, unknown>,
): object {
  const contexts = {
    Started: 'Transaction.Begin',
    Updated: 'Sample.Periodic',
    Ended: 'Transaction.End',
  } as const;
  return {
    eventType: kind,
    timestamp: at,
    seqNo,
    triggerReason: kind === 'Updated' ? 'MeterValuePeriodic' : 'Authorized',
    transactionInfo: { transactionId },
    evse: { id: 1, connectorId: 1 },
    ...(wh !== undefined && {
      meterValue: [{ timestamp: at, sampledValue: [{ value: wh, context: contexts[kind] }] }],
    }),
    ...rest,
  };
}

/** The minutes of an hour that began two hours ago. */
function clock(): (minutes: number) => string {
  const from = Date.now() - 120 * minute;
  return (minutes) => new Date(from + minutes * minute).toISOString();
}

async function booted(
  t: Parameters<typeof connectStation>[0],
  csms: Csms,
  version: WireStation['version'],
): Promise<WireStation> {
  const station = await connectStation(t, csms, { version });
  await station.boot();
  return station;
}

async function transactionsOf(csms: Csms, { id }: WireStation): Promise<Json[]> {
  const { items } = await csms.api.get(`/transactions?stationId=${id}&limit=100`);
  return Promise.all(items.map((item: Json) => csms.api.get(`/transactions/${item.id}`)));
}

async function findingsOf(csms: Csms, { id }: WireStation): Promise<string[]> {
  const { items } = await csms.api.get(`/stations/${id}/findings?limit=100`);
  return items.map(({ kind }: Json) => kind).filter((kind: string) => !kind.startsWith('tolerated-'));
}

for (const version of ['2.0.1', '2.1'] as const) {
  suite(`hard cases of transactions in OCPP ${version}`, () => {
    test('a repetition under a new message id gets the first answer and has no effect, also after a restart', async (t) => {
      const csms = await startCsms(t);
      await csms.api.post('/id-tokens', { idToken: 'TAG' });
      const station = await booted(t, csms, version);
      const at = clock();
      const idToken = { idToken: 'TAG', type: 'ISO14443' };
      const started = event('Started', 'TX', 0, { at: at(0), wh: 100, idToken });
      const first = await station.call('TransactionEvent', started);
      assert.equal(first.idTokenInfo.status, 'Accepted');
      // The answer is the first one even when it would be another one now.
      await csms.api.patch('/id-tokens/TAG', { status: 'Blocked' });
      assert.deepEqual(await station.call('TransactionEvent', started), first);
      assert.deepEqual(await station.call('TransactionEvent', { ...started, offline: true }), first);
      await station.call('TransactionEvent', event('Ended', 'TX', 1, { at: at(30), wh: 5_100 }));
      await station.close();
      await csms.restart();
      const again = await connectStation(t, csms, { id: station.id, version, password: station.password });
      assert.deepEqual(await again.call('TransactionEvent', started), first);
      assert.deepEqual(
        await again.call('TransactionEvent', event('Ended', 'TX', 1, { at: at(30), wh: 5_100 })),
        {},
      );

      const [transaction, ...more] = await transactionsOf(csms, station);
      assert.deepEqual(more, []);
      assert.equal(transaction.energy.importedWh, '5000');
      const { items } = await csms.api.get(`/transactions/${transaction.id}/events`);
      assert.equal(items.length, 2);
      assert.deepEqual(await findingsOf(csms, station), []);
    });

    test('E04 E13 a transaction replayed from the queue of an offline station is as any other', async (t) => {
      const csms = await startCsms(t);
      await csms.api.post('/id-tokens', { idToken: 'TAG' });
      const station = await booted(t, csms, version);
      const charging = await beginCharging(station, {
        idToken: 'TAG',
        registerWh: 50,
        offline: true,
        startedAt: new Date(Date.now() - 5 * 24 * 60 * minute),
      });
      await charging.meter(1_050);
      await charging.stop(2_050);
      const [transaction] = await transactionsOf(csms, station);
      assert.equal(transaction.energy.importedWh, '2000');
      assert.equal(transaction.energy.trusted, true);
      const { items } = await csms.api.get(`/transactions/${transaction.id}/events`);
      assert.ok(items.every(({ offline }: Json) => offline));
      assert.deepEqual(await findingsOf(csms, station), []);
    });

    test('E01.FR.07 events out of order come to the same end, and a gap that closes is none', async (t) => {
      const csms = await startCsms(t);
      const station = await booted(t, csms, version);
      station.answers.set('GetTransactionStatus', () => ({ messagesInQueue: true }));
      const at = clock();
      for (const message of [
        event('Started', 'TX', 0, { at: at(0), wh: 0 }),
        event('Ended', 'TX', 3, { at: at(45), wh: 3_000 }),
        event('Updated', 'TX', 2, { at: at(30), wh: 2_000 }),
        event('Updated', 'TX', 1, { at: at(15), wh: 1_000 }),
      ]) {
        await station.call('TransactionEvent', message);
      }
      const [transaction] = await transactionsOf(csms, station);
      assert.equal(transaction.state, 'Ended');
      assert.equal(transaction.energy.importedWh, '3000');
      assert.equal(transaction.energy.trusted, true, JSON.stringify(transaction.energy));
      assert.deepEqual(transaction.missingSeqNos ?? [], []);
    });

    test('TC_E_29_CSMS E14 a gap in seqNo is seen, and the station asked for it', async (t) => {
      const csms = await startCsms(t);
      const station = await booted(t, csms, version);
      station.answers.set('GetTransactionStatus', () => ({ ongoingIndicator: true, messagesInQueue: false }));
      const at = clock();
      await station.call('TransactionEvent', event('Started', 'TX', 0, { at: at(0), wh: 0 }));
      await station.call('TransactionEvent', event('Updated', 'TX', 4, { at: at(15), wh: 900 }));
      const asked = await eventually(
        () => station.asked.find(({ action }) => action === 'GetTransactionStatus'),
        'the question',
      );
      assert.deepEqual(asked.payload, { transactionId: 'TX' });
      await eventually(async () => (await findingsOf(csms, station)).includes('events-lost'), 'the finding');
      await station.call('TransactionEvent', event('Ended', 'TX', 5, { at: at(30), wh: 1_500 }));
      const [transaction] = await transactionsOf(csms, station);
      assert.equal(transaction.energy.importedWh, '1500');
    });

    test('an end without a start, and updates before it: everything that is known is kept', async (t) => {
      const csms = await startCsms(t);
      const station = await booted(t, csms, version);
      station.answers.set('GetTransactionStatus', () => ({ messagesInQueue: true }));
      const at = clock();
      await station.call('TransactionEvent', event('Ended', 'LOST', 2, { at: at(30), wh: 1_000 }));
      const [transaction] = await transactionsOf(csms, station);
      assert.equal(transaction.state, 'Ended');
      assert.equal(transaction.energy.trusted, false);
      assert.ok((await findingsOf(csms, station)).includes('transaction-start-missing'));
      // The start comes after all.
      await station.call('TransactionEvent', event('Started', 'LOST', 0, { at: at(0), wh: 200 }));
      await station.call('TransactionEvent', event('Updated', 'LOST', 1, { at: at(15), wh: 600 }));
      const [whole, ...more] = await transactionsOf(csms, station);
      assert.deepEqual(more, []);
      assert.equal(whole.energy.importedWh, '800');
      assert.equal(whole.energy.trusted, true, JSON.stringify(whole.energy));
    });

    test('a start without an end is closed by the next one at the same EVSE, and its token is free', async (t) => {
      const csms = await startCsms(t);
      await csms.api.post('/id-tokens', { idToken: 'TAG' });
      const station = await booted(t, csms, version);
      const at = clock();
      const idToken = { idToken: 'TAG', type: 'ISO14443' };
      await station.call('TransactionEvent', event('Started', 'ONE', 0, { at: at(0), wh: 0, idToken }));
      const next = event('Started', 'TWO', 0, { at: at(30), wh: 900, idToken });
      assert.equal((await station.call('TransactionEvent', next)).idTokenInfo.status, 'Accepted');
      const states = Object.fromEntries(
        (await transactionsOf(csms, station)).map((one) => [one.stationTransactionId, one.state]),
      );
      assert.deepEqual(states, { ONE: 'Ended', TWO: 'Active' });
      assert.ok((await findingsOf(csms, station)).includes('transaction-end-missing'));
      // The lost end is found.
      await station.call('TransactionEvent', event('Ended', 'ONE', 1, { at: at(20), wh: 900 }));
      const one = (await transactionsOf(csms, station)).find((found) => found.stationTransactionId === 'ONE');
      assert.equal(one.energy.importedWh, '900');
      await station.call('TransactionEvent', event('Ended', 'TWO', 1, { at: at(60), wh: 1_900, idToken }));
      const elsewhere = await booted(t, csms, version);
      const started = await beginCharging(elsewhere, { idToken: 'TAG', registerWh: 0 });
      assert.equal(tokenStatusOf(started.started), 'Accepted');
    });

    test('a seqNo that stays 0 loses nothing, and becomes a finding', async (t) => {
      const csms = await startCsms(t);
      const station = await booted(t, csms, version);
      const at = clock();
      const messages = [
        event('Started', 'TX', 0, { at: at(0), wh: 0 }),
        event('Updated', 'TX', 0, { at: at(15), wh: 1_000 }),
        event('Updated', 'TX', 0, { at: at(30), wh: 2_000 }),
        event('Ended', 'TX', 0, { at: at(45), wh: 3_000 }),
      ];
      for (const message of messages) await station.call('TransactionEvent', message);
      for (const message of messages) await station.call('TransactionEvent', message);
      const [transaction, ...more] = await transactionsOf(csms, station);
      assert.deepEqual(more, []);
      assert.equal(transaction.state, 'Ended');
      assert.equal(transaction.energy.importedWh, '3000');
      const { items } = await csms.api.get(`/transactions/${transaction.id}/events`);
      assert.equal(items.length, 4);
      assert.ok((await findingsOf(csms, station)).includes('sequence-number-reused'));
    });

    test('a transaction id that another station uses too is another transaction', async (t) => {
      const csms = await startCsms(t);
      const [one, other] = [await booted(t, csms, version), await booted(t, csms, version)];
      const at = clock();
      await one.call('TransactionEvent', event('Started', '1', 0, { at: at(0), wh: 0 }));
      await other.call('TransactionEvent', event('Started', '1', 0, { at: at(0), wh: 0 }));
      await one.call('TransactionEvent', event('Ended', '1', 1, { at: at(30), wh: 700 }));
      assert.equal((await transactionsOf(csms, one))[0].energy.importedWh, '700');
      assert.equal((await transactionsOf(csms, other))[0].state, 'Active');
    });

    test('a transaction id that the station uses again is another one, and repetitions of the first still are', async (t) => {
      const csms = await startCsms(t);
      const station = await booted(t, csms, version);
      const at = clock();
      const first = [
        event('Started', '1', 0, { at: at(0), wh: 0 }),
        event('Updated', '1', 1, { at: at(5), wh: 100 }),
        event('Updated', '1', 2, { at: at(10), wh: 200 }),
        event('Ended', '1', 3, { at: at(15), wh: 300 }),
      ];
      for (const message of first) await station.call('TransactionEvent', message);
      await station.call('TransactionEvent', event('Started', '1', 0, { at: at(30), wh: 300 }));
      for (const message of first) assert.ok(await station.call('TransactionEvent', message));
      await station.call('TransactionEvent', event('Ended', '1', 1, { at: at(60), wh: 1_300 }));
      const energies = (await transactionsOf(csms, station)).map(({ energy }) => energy.importedWh);
      assert.deepEqual(energies.toSorted(), ['1000', '300']);
      const { items } = await csms.api.get(`/quarantine?stationId=${station.id}`);
      assert.deepEqual(items, []);
    });
  });
}

suite('hard cases of transactions in OCPP 1.6', () => {
  test('a repeated start gets its first number, a repeated stop its first answer', async (t) => {
    const csms = await startCsms(t);
    await csms.api.post('/id-tokens', { idToken: 'TAG' });
    const station = await booted(t, csms, '1.6');
    const at = clock();
    const start = { connectorId: 1, idTag: 'TAG', meterStart: 100, timestamp: at(0) };
    const first = await station.call('StartTransaction', start);
    assert.deepEqual(await station.call('StartTransaction', start), first);
    await station.close();
    await csms.restart();
    const again = await connectStation(t, csms, {
      id: station.id,
      version: '1.6',
      password: station.password,
    });
    assert.deepEqual(await again.call('StartTransaction', start), first);
    const { transactionId } = first;
    const values = {
      connectorId: 1,
      transactionId,
      meterValue: [{ timestamp: at(10), sampledValue: [{ value: '600' }] }],
    };
    const stop = { transactionId, idTag: 'TAG', meterStop: 1_100, timestamp: at(30) };
    for (let time = 0; time < 3; time++) await again.call('MeterValues', values);
    const stopped = await again.call('StopTransaction', stop);
    assert.deepEqual(await again.call('StopTransaction', stop), stopped);
    const [transaction, ...more] = await transactionsOf(csms, station);
    assert.deepEqual(more, []);
    assert.equal(transaction.energy.importedWh, '1000');
    const { items } = await csms.api.get(`/transactions/${transaction.id}/events`);
    assert.deepEqual(
      items.map(({ kind }: Json) => kind),
      ['Started', 'Updated', 'Ended'],
    );
    assert.deepEqual(await findingsOf(csms, station), []);
  });

  test('TC_039_CSMS TC_037_1_CSMS an offline transaction with -1 is matched by its token, connector and time', async (t) => {
    const csms = await startCsms(t);
    await csms.api.post('/id-tokens', { idToken: 'TAG' });
    const station = await booted(t, csms, '1.6');
    const at = clock();
    const start = { connectorId: 1, idTag: 'TAG', meterStart: 0, timestamp: at(0) };
    const { transactionId } = await station.call('StartTransaction', start);
    assert.ok(transactionId > 0);
    const values = {
      connectorId: 1,
      transactionId: -1,
      meterValue: [{ timestamp: at(15), sampledValue: [{ value: '400' }] }],
    };
    assert.deepEqual(await station.call('MeterValues', values), {});
    const stop = { transactionId: -1, idTag: 'TAG', meterStop: 900, timestamp: at(30) };
    for (let time = 0; time < 2; time++) assert.ok(await station.call('StopTransaction', stop));
    const [transaction, ...more] = await transactionsOf(csms, station);
    assert.deepEqual(more, []);
    assert.equal(transaction.stationTransactionId, String(transactionId));
    assert.equal(transaction.energy.importedWh, '900');
    assert.ok((await findingsOf(csms, station)).includes('transaction-unknown'));
  });

  test('a stop with a number that nobody knows, or that another station was given, is acknowledged and kept', async (t) => {
    const csms = await startCsms(t);
    const [one, other] = [await booted(t, csms, '1.6'), await booted(t, csms, '1.6')];
    const at = clock();
    const { transactionId } = await one.call('StartTransaction', {
      connectorId: 1,
      idTag: 'ANY',
      meterStart: 0,
      timestamp: at(0),
    });
    await other.call('StopTransaction', { transactionId, meterStop: 77, timestamp: at(30) });
    await other.call('StopTransaction', { transactionId: 999_999, meterStop: 78, timestamp: at(31) });
    assert.equal((await transactionsOf(csms, one))[0].state, 'Active', 'the other one is not touched');
    assert.equal((await transactionsOf(csms, other)).length, 2);
    assert.ok((await findingsOf(csms, other)).includes('transaction-unknown'));
  });

  test('numbers are never given twice, not even after restarts', async (t) => {
    const csms = await startCsms(t);
    const numbers = new Set<number>();
    let station = await booted(t, csms, '1.6');
    const at = clock();
    for (let count = 0; count < 6; count++) {
      const start = { connectorId: 1, idTag: 'T', meterStart: count, timestamp: at(count) };
      numbers.add((await station.call('StartTransaction', start)).transactionId);
      if (count % 2 === 0) continue;
      const { id, password } = station;
      await station.close();
      await csms.restart();
      station = await connectStation(t, csms, { id, password, version: '1.6' });
    }
    assert.equal(numbers.size, 6);
  });
});

for (const version of versions) {
  suite(`tokens, clocks and meters in OCPP ${version}`, () => {
    test('C17 one token at two stations at the same instant: one is accepted, the other ConcurrentTx', async (t) => {
      const csms = await startCsms(t);
      await csms.api.post('/id-tokens', { idToken: 'ONLY-ONE' });
      const stations = await Promise.all([1, 2, 3, 4].map(() => booted(t, csms, version)));
      const sessions = await Promise.all(
        stations.map((station, index) =>
          // The same token, however the readers spell it.
          beginCharging(station, { idToken: index % 2 === 0 ? 'ONLY-ONE' : 'only-one', registerWh: 0 }),
        ),
      );
      const answers = sessions.map(({ started }) => tokenStatusOf(started));
      assert.deepEqual(answers.toSorted(), ['Accepted', 'ConcurrentTx', 'ConcurrentTx', 'ConcurrentTx']);
      const winner = answers.indexOf('Accepted');
      await sessions[winner]?.stop(1_000);
      const station = await booted(t, csms, version);
      const next = await beginCharging(station, { idToken: 'ONLY-ONE', registerWh: 0 });
      assert.equal(tokenStatusOf(next.started), 'Accepted', 'free again');
    });

    test('a token that may charge in several transactions at once does', async (t) => {
      const csms = await startCsms(t);
      await csms.api.post('/id-tokens', { idToken: 'MASTER', concurrent: true });
      const stations = await Promise.all([1, 2].map(() => booted(t, csms, version)));
      for (const station of stations) {
        const { started } = await beginCharging(station, { idToken: 'MASTER', registerWh: 0 });
        assert.equal(tokenStatusOf(started), 'Accepted');
      }
    });

    test('TC_E_16_CSMS TC_023_3_CSMS the start of a token that may not charge is recorded, and answered so', async (t) => {
      const csms = await startCsms(t);
      await csms.api.post('/id-tokens', { idToken: 'BLOCKED', status: 'Blocked' });
      await csms.api.post('/id-tokens', { idToken: 'EXPIRED', expiresAt: '2020-01-01T00:00:00Z' });
      const station = await booted(t, csms, version);
      for (const [idToken, status] of [
        ['BLOCKED', 'Blocked'],
        ['EXPIRED', 'Expired'],
        ['STRANGE', version === '1.6' ? 'Invalid' : 'Unknown'],
      ] as const) {
        const charging = await beginCharging(station, { idToken, registerWh: 0 });
        assert.equal(tokenStatusOf(charging.started), status);
        await charging.stop(10, 'DeAuthorized').catch(() => charging.stop(10));
      }
      assert.equal((await transactionsOf(csms, station)).length, 3);
    });

    test('a clock that is wrong by years keeps its facts, and is a finding', async (t) => {
      const csms = await startCsms(t);
      for (const startedAt of [new Date('1970-01-01T00:00:00Z'), new Date('2099-06-01T00:00:00Z')]) {
        const station = await booted(t, csms, version);
        const charging = await beginCharging(station, { idToken: 'T', registerWh: 100, startedAt });
        await charging.meter(600);
        await charging.stop(1_100);
        const [transaction] = await transactionsOf(csms, station);
        assert.equal(transaction.energy.importedWh, '1000');
        assert.ok((await findingsOf(csms, station)).includes('clock-wrong'));
      }
    });

    test('a meter that is reset in between is not billed unseen', async (t) => {
      const csms = await startCsms(t);
      const station = await booted(t, csms, version);
      const charging = await beginCharging(station, { idToken: 'T', registerWh: 50_000 });
      await charging.meter(52_000);
      await charging.meter(0);
      await charging.stop(1_000);
      const [transaction] = await transactionsOf(csms, station);
      assert.equal(transaction.energy.trusted, false);
      assert.ok((await findingsOf(csms, station)).includes('energy-not-trusted'));
    });

    test('a register that rolls over is counted through', async (t) => {
      const csms = await startCsms(t);
      const station = await booted(t, csms, version);
      const charging = await beginCharging(station, { idToken: 'T', registerWh: 999_000 });
      await charging.meter(999_900);
      await charging.stop(500);
      const [transaction] = await transactionsOf(csms, station);
      assert.equal(transaction.energy.importedWh, '1500');
    });

    test('the server is restarted in the middle of a transaction', async (t) => {
      const csms = await startCsms(t);
      await csms.api.post('/id-tokens', { idToken: 'TAG' });
      const station = await booted(t, csms, version);
      const charging = await beginCharging(station, { idToken: 'TAG', registerWh: 0 });
      await charging.meter(500);
      await station.close();
      await csms.restart();
      const again = await connectStation(t, csms, { id: station.id, version, password: station.password });
      Object.defineProperty(station, 'peer', { get: () => again.peer });
      await charging.meter(1_000);
      await charging.stop(1_500);
      const [transaction, ...more] = await transactionsOf(csms, station);
      assert.deepEqual(more, []);
      assert.equal(transaction.energy.importedWh, '1500');
      assert.equal(transaction.energy.trusted, true);
      assert.deepEqual(await findingsOf(csms, station), []);
    });
  });
}
