import type { Request } from '@busbar/ocpp';
import { type Decision, type Inbound, receive, type StationOutcome } from '../../block.ts';
import { digestOf } from '../../core/digest.ts';
import type { FindingDraft } from '../../core/finding.ts';
import { latestOf } from '../../core/meter/latest.ts';
import { fromOcpp2, fromOcpp16, type MeterValue } from '../../core/meter/meter-value.ts';
import type { TransactionFact } from '../../core/transaction/fact.ts';
import { type FactReaders, type PreparedFact, prepareFact } from '../../core/transaction/prepare.ts';
import { recordFact } from '../../core/transaction/record.ts';
import { writeMeterValues } from '../../core/transaction/tables.ts';
import type { StationTwin } from '../../core/twin.ts';

type MeterValues16 = Request<'1.6', 'MeterValues'>;

export interface MeterValuesDeps extends FactReaders {
  readonly newId: () => string;
}

/** J01 and 1.6 section 4.7: meter values, in 1.6 those of transactions too. */
export function meterValues(deps: MeterValuesDeps) {
  return [
    receive(['1.6'], 'MeterValues', {
      acknowledgeUnread: () => ({}),
      prepare: ({ station, payload, receivedAt }) => findTransaction(deps, station, payload, receivedAt),
      decide(message, found) {
        const { connectorId, meterValue } = message.payload;
        if (found?.fact) return recordInTransaction(deps, message, found.fact, found.doubts);
        const at =
          connectorId === 0 ? { evseId: 0, connectorId: 0 } : { evseId: connectorId, connectorId: 1 };
        return recordAlone(message, at, meterValue.map(fromOcpp16), found?.doubts);
      },
    }),
    // J01: in 2.x the values of transactions come with their TransactionEvents, never here.
    receive(['2.0.1', '2.1'], 'MeterValues', {
      acknowledgeUnread: () => ({}),
      decide: (message) =>
        recordAlone(message, { evseId: message.payload.evseId }, message.payload.meterValue.map(fromOcpp2)),
    }),
  ];
}

interface FoundTransaction {
  readonly fact: PreparedFact | undefined;
  readonly doubts: readonly FindingDraft[];
}

/**
 * The transaction that 1.6 values are of. A number that was never given out (a station that could not know its number
 * while offline sends -1 or one of its own) is taken for the transaction that is open at the connector.
 */
function findTransaction(
  deps: FactReaders,
  station: StationTwin,
  payload: MeterValues16,
  receivedAt: Date,
): Promise<FoundTransaction> | FoundTransaction | undefined {
  const { transactionId } = payload;
  if (transactionId === undefined) return undefined;
  const named = prepareFact(deps, station, factOf(payload, String(transactionId), receivedAt), receivedAt);
  return named instanceof Promise
    ? named.then((found) => orByConnector(deps, station, { payload, receivedAt, found }))
    : { fact: named, doubts: [] };
}

async function orByConnector(
  deps: FactReaders,
  station: StationTwin,
  {
    payload,
    receivedAt,
    found,
  }: { readonly payload: MeterValues16; readonly receivedAt: Date; readonly found: PreparedFact },
): Promise<FoundTransaction> {
  if (found.known) return { fact: found, doubts: [] };
  const { transactionId, connectorId } = payload;
  const open = [...station.transactions.values()].find(({ evseId }) => evseId === connectorId);
  const doubts: FindingDraft[] = [
    {
      kind: 'transaction-unknown',
      subject: String(transactionId),
      detail: `MeterValues named the unknown transaction ${transactionId}; they were ${
        open ? `taken for ${open.stationTransactionId}` : 'kept without a transaction'
      }`,
    },
  ];
  if (!open) return { fact: undefined, doubts };
  const fact = factOf(payload, open.stationTransactionId, receivedAt);
  return { fact: await prepareFact(deps, station, fact, receivedAt), doubts };
}

function factOf(
  { connectorId, meterValue }: MeterValues16,
  stationTransactionId: string,
  receivedAt: Date,
): TransactionFact {
  const values = meterValue.map(fromOcpp16);
  return {
    kind: 'Updated',
    stationTransactionId,
    at: values[0]?.at ?? receivedAt.toISOString(),
    trigger: triggerOf(values),
    offline: false,
    ...(connectorId > 0 && { evseId: connectorId, connectorId: 1 }),
    meterValues: values,
  };
}

/** In the words of 2.x: why the station took the values. */
function triggerOf(values: readonly MeterValue[]): string {
  switch (values[0]?.samples[0]?.context) {
    case 'Sample.Clock':
      return 'MeterValueClock';
    case 'Trigger':
      return 'Trigger';
    default:
      return 'MeterValuePeriodic';
  }
}

function recordInTransaction(
  deps: MeterValuesDeps,
  { station, payload, receivedAt }: Inbound,
  prepared: PreparedFact,
  doubts: readonly FindingDraft[],
): Decision<object> {
  const { claims, settle } = recordFact({ ...prepared, station, receivedAt, newId: deps.newId });
  return {
    key: keyOf(payload),
    claims,
    settle(found) {
      const { writes, events, findings, apply } = settle(found);
      return { answer: {}, writes, events, findings: [...findings, ...doubts], apply };
    },
  };
}

function recordAlone(
  { station, payload, receivedAt }: Inbound,
  at: { readonly evseId: number; readonly connectorId?: number },
  values: readonly MeterValue[],
  findings: readonly FindingDraft[] = [],
): Decision<object> {
  const outcome: StationOutcome<object> = {
    answer: {},
    writes: writeMeterValues({ stationId: station.id, ...at }, values, receivedAt),
    events: [
      {
        type: 'meter-values.received',
        stationId: station.id,
        at: receivedAt.toISOString(),
        data: { ...at, latest: latestOf(values) },
      },
    ],
    findings,
  };
  return { key: keyOf(payload), settle: () => outcome };
}

/** The values have no number of their own: the same content is the same message. */
function keyOf(payload: object) {
  return { kind: 'MeterValues', key: digestOf(payload) };
}
