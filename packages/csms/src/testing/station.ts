import assert from 'node:assert/strict';
import { type Version, validate } from '@busbar/ocpp';
import type { Pool } from 'pg';
import { Check } from 'typebox/value';
import type { Receiver, StationOutcome } from '../block.ts';
import { type Command, type CommandContext, findDialect } from '../command.ts';
import type { OperationView } from '../core/operation/view.ts';
import type { TransactionTwin } from '../core/transaction/twin.ts';
import type { StationTwin } from '../core/twin.ts';
import type { JobOrder } from '../jobs.ts';
import { type Found, statementsOf, type Write } from '../store/write.ts';

/** When tests take place. */
export const noon = new Date('2026-03-01T12:00:00.000Z');

/** A station that is accepted and does nothing. */
export function makeStation(version: Version, known: Partial<StationTwin> = {}): StationTwin {
  return {
    id: 'CS1',
    epoch: 1,
    version,
    admission: 'Accepted',
    registration: 'Accepted',
    mode: 'lenient',
    serialNumber: undefined,
    firmwareVersion: undefined,
    inventoryOf: undefined,
    connectors: new Map(),
    transactions: new Map(),
    remoteStarts: [],
    solicited: new Map(),
    ...known,
  };
}

/** What a job is told that came of what it gave. */
export function operationOf(
  { stationId, command, input }: JobOrder,
  outcome: Pick<OperationView, 'state' | 'result' | 'problem'>,
): OperationView {
  return { id: 'o', stationId, command, input, givenBy: 'job', createdAt: noon.toISOString(), ...outcome };
}

/** An open transaction of {@link makeStation}, at EVSE 1. */
export function makeTransaction(
  stationTransactionId: string,
  known: Partial<TransactionTwin> = {},
): TransactionTwin {
  return {
    id: '00000000-0000-4000-8000-000000000001',
    stationId: 'CS1',
    stationTransactionId,
    reuse: 0,
    version: '2.1',
    evseId: 1,
    connectorId: 1,
    state: 'Active',
    startSeen: true,
    endSeen: false,
    chargingState: undefined,
    idToken: 'ABC',
    idTokenType: undefined,
    idTokenStatus: 'Accepted',
    groupId: undefined,
    remoteStartId: undefined,
    reservationId: undefined,
    startTrigger: undefined,
    stoppedReason: undefined,
    stopIdToken: undefined,
    startedAt: '2026-03-01T11:00:00.000Z',
    startedReceivedAt: '2026-03-01T11:00:00.000Z',
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
    lastSeqNo: 0,
    events: 1,
    ...known,
  };
}

/** What a message of the station amounts to. The message and its answer are held against the schema. */
export async function receiveFrom(
  station: StationTwin,
  receivers: readonly Receiver[],
  action: string,
  payload: object,
  found: Found = { held: [], keyReused: false },
): Promise<StationOutcome<object>> {
  const { version } = station;
  const receiver = receivers.find((one) => one.action === action && one.versions.includes(version));
  assert.ok(receiver, `nobody receives ${action} in ${version}`);
  assert.equal(validate(version, action, 'request', payload), undefined);
  const message = {
    station,
    version,
    action,
    messageId: 'm1',
    payload,
    received: payload,
    receivedAt: noon,
  };
  const decided = receiver.decide(message, await receiver.prepare(message));
  const outcome = 'settle' in decided ? decided.settle(found) : decided;
  assert.equal(validate(version, action, 'response', outcome.answer), undefined);
  return outcome;
}

/** A command as it is said to the station: its CALLs, and how their answers are understood. */
export function say(station: StationTwin, command: Command, input: object, correlationId = 0) {
  assert.ok(Check(command.input, input), 'the input is one that the route would let through');
  const dialect = findDialect(command, station.version, input);
  assert.ok(dialect, `${command.name} cannot be said in ${station.version}`);
  const context: CommandContext = { station, correlationId, now: noon };
  const { action } = dialect;
  const requests = dialect.toRequests(input, context);
  for (const request of requests)
    assert.equal(validate(station.version, action, 'request', request), undefined);
  return {
    action,
    requests,
    solicits: dialect.solicits?.(input, context),
    answered(...responses: object[]) {
      for (const response of responses) {
        assert.equal(validate(station.version, action, 'response', response), undefined);
      }
      return dialect.fromResponses(responses, input, context);
    },
  };
}

/** Runs the statements of writes as a batch would. */
export async function writeAll(pool: Pool, writes: readonly Write[]): Promise<void> {
  for (const { kind, rows } of statementsOf(writes)) await pool.query(kind.sql, kind.parameters(rows));
}

/** The row of {@link makeStation}. */
export async function insertStation(pool: Pool): Promise<void> {
  await pool.query(
    `insert into station (id, identity_key, admission, security_profile, created_at)
     values ('CS1', 'cs1', 'Accepted', 1, now())`,
  );
}
