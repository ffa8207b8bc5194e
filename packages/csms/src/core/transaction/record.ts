import type { Claim, Found, Write } from '../../store/write.ts';
import type { EventDraft } from '../events.ts';
import type { FindingDraft } from '../finding.ts';
import { shownToken } from '../id-token/shown.ts';
import { latestOf } from '../meter/latest.ts';
import type { MeterValue } from '../meter/meter-value.ts';
import type { TokenStanding } from '../queries.ts';
import type { StationTwin } from '../twin.ts';
import type { TransactionFact } from './fact.ts';
import { linkRemoteStart } from './remote-starts.ts';
import { observe } from './sequence.ts';
import { energyOf } from './settle-energy.ts';
import {
  claimToken,
  releaseTokens,
  takeOverToken,
  writeEvent,
  writeMeterValues,
  writeTransaction,
} from './tables.ts';
import type { TokenStatus, TransactionTwin } from './twin.ts';

/** All that the recording of one fact depends on. */
export interface Recording {
  readonly station: StationTwin;
  readonly fact: TransactionFact;
  /** The transaction that the fact belongs to, open or ended; undefined when none is known. */
  readonly known: TransactionTwin | undefined;
  /** How the fact's token stands, where it carries one. */
  readonly standing: TokenStanding | undefined;
  /** Meter values recorded before; needed when the energy is to be computed. */
  readonly readings: readonly MeterValue[];
  readonly receivedAt: Date;
  readonly newId: () => string;
}

/** What recording a fact amounts to, once its claims are decided. */
export interface Recorded {
  readonly transaction: TransactionTwin;
  /** The answer to the fact's token, where it carries one. */
  readonly tokenStatus: TokenStatus | undefined;
  readonly writes: readonly Write[];
  readonly events: readonly EventDraft[];
  readonly findings: readonly FindingDraft[];
  /** Brings the station's twin up to date. */
  readonly apply: () => void;
}

/** A station's clock may be ahead of ours by this much before it is called wrong. */
const clockToleranceMs = 5 * 60_000;
/** No charging network is older. */
const earliestPlausible = '2015-01-01T00:00:00.000Z';

/**
 * Records one fact of a transaction. Facts are recorded whatever else is true: an unknown token, a claim that was
 * lost, a start that never came. What cannot be right becomes a finding beside it.
 */
export function recordFact(recording: Recording): { claims: Claim[]; settle: (found: Found) => Recorded } {
  const { station, fact, standing, receivedAt } = recording;
  const findings: FindingDraft[] = [];
  const before = transactionOf(recording, findings);
  const superseded = supersededBy(station, fact, before);
  const wantsClaim = standing?.status === 'Accepted' && !standing.concurrent && fact.kind !== 'Ended';
  const claims = wantsClaim
    ? [
        claimToken({
          token_key: standing.claimKey,
          transaction_id: before.id,
          supersedes: superseded?.id,
          station_id: station.id,
          since: receivedAt.toISOString(),
        }),
      ]
    : [];
  noteClock(fact, receivedAt, findings);
  return {
    claims,
    settle: (found) => settle(recording, { before, superseded, found, wantsClaim, findings }),
  };
}

interface Settling {
  readonly before: TransactionTwin;
  readonly superseded: TransactionTwin | undefined;
  readonly found: Found;
  readonly wantsClaim: boolean;
  readonly findings: readonly FindingDraft[];
}

function settle(
  recording: Recording,
  { before, superseded, found, wantsClaim, findings: noted }: Settling,
): Recorded {
  const { station, fact, standing, receivedAt, readings } = recording;
  const findings = [...noted];
  const lostClaim = wantsClaim && found.held[0] === false;
  const tokenStatus = standing && (lostClaim ? 'ConcurrentTx' : standing.status);
  if (found.keyReused) findings.push(reusedNumber(fact));
  const after = withEnergy(
    advance(before, recording, tokenStatus, found.keyReused),
    recording,
    readings,
    findings,
  );
  noteGaps(before, after, findings);

  const writes: Write[] = [
    writeEvent(after, fact, receivedAt),
    ...writeMeterValues(
      {
        stationId: station.id,
        evseId: after.evseId,
        connectorId: after.connectorId,
        transactionId: after.id,
        sequence: fact.seqNo ?? after.events,
      },
      fact.meterValues,
      receivedAt,
    ),
  ];
  if (before.events === 0 || differs(before, after)) writes.push(writeTransaction(after));
  if (after.state === 'Ended' && before.state === 'Active')
    writes.push(releaseTokens({ transaction_id: after.id }));
  if (after.remoteStartId !== undefined && before.remoteStartId === undefined) {
    writes.push(
      linkRemoteStart({
        station_id: station.id,
        correlation_id: after.remoteStartId,
        transaction_id: after.id,
        at: receivedAt.toISOString(),
      }),
    );
  }
  const events = [eventOf(after, fact, receivedAt)];

  let closed: TransactionTwin | undefined;
  if (superseded) {
    closed = closeWithoutEnd(superseded, receivedAt);
    writes.push(writeTransaction(closed));
    if (wantsClaim && !lostClaim && standing) {
      writes.push(takeOverToken({ token_key: standing.claimKey, from: superseded.id, to: after.id }));
    }
    writes.push(releaseTokens({ transaction_id: superseded.id }));
    findings.push({
      kind: 'transaction-end-missing',
      subject: superseded.stationTransactionId,
      detail: `Transaction ${fact.stationTransactionId} began at EVSE ${superseded.evseId} before ${superseded.stationTransactionId} had ended`,
    });
    events.unshift(endedEvent(closed, receivedAt));
  }
  return {
    transaction: after,
    tokenStatus,
    writes,
    events,
    findings,
    apply: () => {
      if (fact.remoteStartId !== undefined) {
        station.remoteStarts = station.remoteStarts.filter(
          ({ remoteStartId }) => remoteStartId !== fact.remoteStartId,
        );
      }
      if (closed) station.transactions.delete(closed.stationTransactionId);
      if (after.state === 'Active') station.transactions.set(after.stationTransactionId, after);
      else station.transactions.delete(after.stationTransactionId);
    },
  };
}

/** The transaction that the fact is about, as it was before: a known one, or a new one without events. */
function transactionOf(recording: Recording, findings: FindingDraft[]): TransactionTwin {
  const { known, fact } = recording;
  if (!known) {
    if (fact.kind !== 'Started') {
      findings.push({
        kind: 'transaction-start-missing',
        subject: fact.stationTransactionId,
        detail: `${fact.kind} arrived for transaction ${fact.stationTransactionId}, of which no start is known`,
      });
    }
    return emptyTransaction(recording, 0);
  }
  if (fact.kind === 'Started' && known.startSeen && known.state === 'Ended') {
    // A station that counts its transactions from zero again after a reboot.
    findings.push({
      kind: 'transaction-id-reused',
      subject: fact.stationTransactionId,
      detail: `Transaction id ${fact.stationTransactionId} is used again, by a transaction that began ${fact.at}`,
    });
    return emptyTransaction(recording, known.reuse + 1);
  }
  if (fact.kind === 'Started' && known.startSeen) {
    findings.push({
      kind: 'duplicate-start',
      subject: fact.stationTransactionId,
      detail: `A further start with other content arrived for transaction ${fact.stationTransactionId}`,
    });
  }
  if (fact.kind === 'Ended' && known.endSeen) {
    findings.push({
      kind: 'event-after-end',
      subject: fact.stationTransactionId,
      detail: `A further end with other content arrived for transaction ${fact.stationTransactionId}`,
    });
  }
  return known;
}

function emptyTransaction({ station, fact, receivedAt, newId }: Recording, reuse: number): TransactionTwin {
  return {
    id: newId(),
    stationId: station.id,
    stationTransactionId: fact.stationTransactionId,
    reuse,
    version: station.version,
    evseId: undefined,
    connectorId: undefined,
    state: 'Active',
    startSeen: false,
    endSeen: false,
    chargingState: undefined,
    idToken: undefined,
    idTokenType: undefined,
    idTokenStatus: undefined,
    groupId: undefined,
    remoteStartId: undefined,
    reservationId: undefined,
    startTrigger: undefined,
    stoppedReason: undefined,
    stopIdToken: undefined,
    startedAt: fact.at,
    startedReceivedAt: receivedAt.toISOString(),
    endedAt: undefined,
    endedReceivedAt: undefined,
    meterStartWh: undefined,
    meterStopWh: undefined,
    importedWh: undefined,
    exportedWh: undefined,
    energyTrusted: undefined,
    energyReasons: undefined,
    energyMethod: undefined,
    missing: [],
    lastSeqNo: undefined,
    events: 0,
  };
}

/** The transaction after the fact. A late fact fills in what is missing and takes back nothing. */
function advance(
  before: TransactionTwin,
  { fact, standing, receivedAt }: Recording,
  tokenStatus: TokenStatus | undefined,
  numberReused: boolean,
): TransactionTwin {
  const sequence =
    fact.seqNo === undefined || numberReused
      ? { last: before.lastSeqNo, missing: before.missing }
      : observe({ last: before.lastSeqNo, missing: before.missing }, fact.seqNo);
  const newest = fact.seqNo === undefined || sequence.last === fact.seqNo;
  const common: TransactionTwin = {
    ...before,
    evseId: before.evseId ?? fact.evseId,
    connectorId: before.connectorId ?? fact.connectorId,
    chargingState: newest ? (fact.chargingState ?? before.chargingState) : before.chargingState,
    remoteStartId: before.remoteStartId ?? fact.remoteStartId,
    reservationId: before.reservationId ?? fact.reservationId,
    missing: sequence.missing,
    lastSeqNo: sequence.last,
    events: before.events + 1,
  };
  const withToken: TransactionTwin =
    fact.idToken && fact.kind !== 'Ended' && (before.idToken === undefined || fact.kind === 'Started')
      ? {
          ...common,
          idToken: shownToken(fact.idToken),
          idTokenType: fact.idToken.type,
          idTokenStatus: tokenStatus,
          groupId: standing?.groupId,
        }
      : common;
  switch (fact.kind) {
    case 'Started':
      return {
        ...withToken,
        startSeen: true,
        startedAt: fact.at,
        startTrigger: before.startTrigger ?? fact.trigger,
        meterStartWh: before.meterStartWh ?? fact.meterStartWh,
      };
    case 'Updated':
      return withToken;
    case 'Ended':
      return {
        ...withToken,
        state: 'Ended',
        endSeen: true,
        endedAt: fact.at,
        endedReceivedAt: before.endedReceivedAt ?? receivedAt.toISOString(),
        // 2.x and 1.6 alike: the reason may only be left out when it is Local.
        stoppedReason: fact.stoppedReason ?? 'Local',
        stopIdToken: fact.idToken ? shownToken(fact.idToken) : before.stopIdToken,
        meterStopWh: fact.meterStopWh ?? before.meterStopWh,
      };
    default:
      return fact.kind satisfies never;
  }
}

/** Energy is computed when a transaction ends, and again when a fact of it arrives after that. */
function withEnergy(
  transaction: TransactionTwin,
  { fact }: Recording,
  readings: readonly MeterValue[],
  findings: FindingDraft[],
): TransactionTwin {
  if (transaction.state !== 'Ended') return transaction;
  const sequence = fact.seqNo ?? transaction.events;
  const settled = energyOf(transaction, [
    ...readings,
    ...fact.meterValues.map((value) => ({ ...value, sequence })),
  ]);
  if (!settled.energyTrusted) {
    findings.push({
      kind: 'energy-not-trusted',
      subject: transaction.stationTransactionId,
      detail: `The energy of transaction ${transaction.stationTransactionId} cannot be trusted: ${settled.energyReasons?.join(', ')}`,
    });
  }
  return settled;
}

/** A transaction at the same EVSE that is still open when a later one begins there has lost its end. */
function supersededBy(
  station: StationTwin,
  fact: TransactionFact,
  before: TransactionTwin,
): TransactionTwin | undefined {
  if (fact.kind !== 'Started' || fact.evseId === undefined || before.state === 'Ended') return undefined;
  for (const open of station.transactions.values()) {
    if (open.id !== before.id && open.evseId === fact.evseId && open.startedAt < fact.at) return open;
  }
  return undefined;
}

function closeWithoutEnd(transaction: TransactionTwin, receivedAt: Date): TransactionTwin {
  return { ...transaction, state: 'Ended', endedReceivedAt: receivedAt.toISOString() };
}

function noteGaps(before: TransactionTwin, after: TransactionTwin, findings: FindingDraft[]): void {
  if (after.missing.length <= before.missing.length) return;
  findings.push({
    kind: 'sequence-gap',
    subject: after.stationTransactionId,
    detail: `Sequence numbers ${after.missing.map(([first, last]) => (first === last ? first : `${first}-${last}`)).join(', ')} of transaction ${after.stationTransactionId} have not arrived`,
  });
}

function noteClock(fact: TransactionFact, receivedAt: Date, findings: FindingDraft[]): void {
  const ahead = Date.parse(fact.at) - receivedAt.getTime();
  if (ahead <= clockToleranceMs && fact.at >= earliestPlausible) return;
  findings.push({
    kind: 'clock-wrong',
    subject: 'transactions',
    detail: `The station's clock said ${fact.at} when ours said ${receivedAt.toISOString()}`,
  });
}

function reusedNumber(fact: TransactionFact): FindingDraft {
  return {
    kind: 'sequence-number-reused',
    subject: fact.stationTransactionId,
    detail: `Sequence number ${fact.seqNo} of transaction ${fact.stationTransactionId} came again with other content`,
  };
}

/** Whether the row has to be written: `events` and `lastSeqNo` are known from the events themselves. */
function differs(before: TransactionTwin, after: TransactionTwin): boolean {
  for (const name in after) {
    if (name === 'events' || name === 'lastSeqNo') continue;
    const field = name as keyof TransactionTwin;
    if (after[field] !== before[field]) return true;
  }
  return false;
}

function eventOf(transaction: TransactionTwin, fact: TransactionFact, receivedAt: Date): EventDraft {
  if (fact.kind === 'Ended') return endedEvent(transaction, receivedAt, fact);
  return {
    type: fact.kind === 'Started' ? 'transaction.started' : 'transaction.updated',
    stationId: transaction.stationId,
    at: receivedAt.toISOString(),
    data: {
      ...subjectOf(transaction),
      chargingState: transaction.chargingState,
      trigger: fact.trigger,
      seqNo: fact.seqNo,
      at: fact.at,
      latest: latestOf(fact.meterValues),
    },
  };
}

function endedEvent(transaction: TransactionTwin, receivedAt: Date, fact?: TransactionFact): EventDraft {
  return {
    type: 'transaction.ended',
    stationId: transaction.stationId,
    at: receivedAt.toISOString(),
    data: {
      ...subjectOf(transaction),
      stoppedReason: transaction.stoppedReason,
      endSeen: transaction.endSeen,
      importedWh: transaction.importedWh,
      exportedWh: transaction.exportedWh,
      energyTrusted: transaction.energyTrusted,
      energyReasons: transaction.energyReasons,
      seqNo: fact?.seqNo,
      at: fact?.at,
      latest: fact && latestOf(fact.meterValues),
    },
  };
}

/** What every event of a transaction says of it. */
function subjectOf({ id, stationTransactionId, evseId, connectorId, idToken }: TransactionTwin) {
  return { transactionId: id, stationTransactionId, evseId, connectorId, idToken };
}
