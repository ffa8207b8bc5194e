import { type IncomingMessage, type InvalidCall, OcppError, redact } from '@busbar/ocpp';
import type { Block, Decision, Inbound, Receiver, StationOutcome } from './block.ts';
import { digestOf } from './core/digest.ts';
import { type FindingDraft, writeFinding } from './core/finding.ts';
import { jobWriteKind } from './core/job.ts';
import { writeExchange } from './core/message-log/tables.ts';
import { writeQuarantine } from './core/quarantine.ts';
import { isStorable, storable } from './core/storable.ts';
import type { StationTwin } from './core/twin.ts';
import { passGate } from './gate.ts';
import type { Log } from './log.ts';
import { type Committer, DatabaseAway, type Entry, FencedOut } from './store/committer.ts';
import { isConnectionLoss, isRetryable } from './store/connection.ts';
import type { Outcome, Write } from './store/write.ts';

/** The connection that a message came over, as far as dispatch is concerned. */
export interface Origin {
  readonly station: StationTwin;
  /** Deviations that were noticed and are not recorded yet. */
  takeFindings(): readonly FindingDraft[];
  /** Findings that were told as events on this connection, by kind and subject: told once, counted always. */
  readonly toldFindings: Set<string>;
  /** Ends the connection without an answer: the station keeps what it said and says it again. */
  abandon(code: number, reason: string): void;
  /** Jobs were written for this station. */
  wakeJobs(): void;
}

export interface Dispatch {
  /** The one way in. Resolves, after the commit, to the answer; rejects with the OcppError to be answered. */
  call(origin: Origin, message: IncomingMessage): Promise<object>;
  /** A CALL beyond tolerance: kept aside and acknowledged where a fact would be lost otherwise. */
  invalidCall(origin: Origin, call: InvalidCall): Promise<object | undefined>;
  /** A message that is not answered. */
  send(origin: Origin, message: IncomingMessage): Promise<void>;
}

export interface DispatchOptions {
  readonly blocks: readonly Block[];
  readonly committer: Committer;
  readonly now: () => Date;
  readonly log: Log;
  readonly messageLog: boolean;
  /** What a preparation may take before the database counts as away. */
  readonly prepareDeadlineMs: number;
}

const prepareRetryMs = 100;

export function createDispatch(options: DispatchOptions): Dispatch {
  const { committer, now, log } = options;
  const receivers = gatherReceivers(options.blocks);

  return { call, invalidCall, send };

  async function call(origin: Origin, message: IncomingMessage): Promise<object> {
    const inbound = inboundOf(origin, message);
    const receiver = receivers.get(`${message.version} ${message.action}`);
    try {
      if (!receiver) throw new OcppError('NotSupported', `${message.action} is not supported here yet`);
      passGate(origin.station, message.action, message.payload);
    } catch (error) {
      await recordRefusal(origin, message, error);
      throw error;
    }
    try {
      const early = receiver.prepare(inbound);
      const prepared = early instanceof Promise ? await prepare(early, receiver, inbound) : early;
      return await commit(origin, message, inbound, receiver.decide(inbound, prepared));
    } catch (error) {
      if (error instanceof OcppError) {
        await recordRefusal(origin, message, error);
        throw error;
      }
      if (giveUp(origin, error)) throw error;
      log.error(
        { station: origin.station.id, action: message.action, err: error },
        'a message could not be handled',
      );
      if (receiver.acknowledgeUnread) {
        return quarantine(origin, message, receiver, error instanceof Error ? error.message : String(error));
      }
      const failure = new OcppError('InternalError', `${message.action} could not be handled`);
      await recordRefusal(origin, message, failure);
      throw failure;
    }
  }

  /** Reads are repeated while the database is away for a moment: a message is not refused because of it. */
  async function prepare(first: unknown, receiver: Receiver, inbound: Inbound): Promise<unknown> {
    const deadline = Date.now() + options.prepareDeadlineMs;
    for (let preparing = first; ; preparing = receiver.prepare(inbound)) {
      try {
        return await preparing;
      } catch (error) {
        if (!isConnectionLoss(error) && !isRetryable(error)) throw error;
        if (Date.now() >= deadline) throw new DatabaseAway('the database does not answer', { cause: error });
        await new Promise((resolve) => setTimeout(resolve, prepareRetryMs));
      }
    }
  }

  async function commit(
    origin: Origin,
    message: IncomingMessage,
    inbound: Inbound,
    decided: StationOutcome<object> | Decision<object>,
  ): Promise<object> {
    const { station } = origin;
    const decision = 'settle' in decided ? decided : { settle: () => decided };
    const noticed = origin.takeFindings();
    const entry: Entry<object> = {
      source: station.id,
      fence: { stationId: station.id, epoch: station.epoch },
      ...(decision.key && {
        key: {
          stationId: station.id,
          kind: decision.key.kind,
          key: decision.key.key,
          digest: decision.key.content === undefined ? '' : digestOf(decision.key.content),
          unseen: decision.key.unseen ?? false,
        },
      }),
      ...(decision.claims && { claims: decision.claims }),
      settle(found) {
        const outcome = decision.settle(found);
        if (noticed.length === 0 && !outcome.findings?.length) return outcome;
        const noted = note(origin, [...noticed, ...(outcome.findings ?? [])], inbound.receivedAt);
        return {
          ...outcome,
          writes: [...outcome.writes, ...noted.writes],
          events: [...outcome.events, ...noted.events],
          apply() {
            outcome.apply?.();
            noted.apply();
          },
        };
      },
      record: (answer) =>
        logOf(message, inbound, { answer: redact(message.version, message.action, 'response', answer) }),
    };
    const committed = await committer.commit(entry);
    committed.apply?.();
    if (committed.writes.some(({ kind }) => kind.name === jobWriteKind)) origin.wakeJobs();
    return committed.answer;
  }

  async function invalidCall(origin: Origin, call: InvalidCall): Promise<object | undefined> {
    const receiver = receivers.get(`${call.version} ${call.action}`);
    const message = { ...call, payload: asObject(call.received), received: asObject(call.received) };
    if (receiver?.acknowledgeUnread && origin.station.registration === 'Accepted') {
      return quarantine(origin, message, receiver, call.violation.message);
    }
    await recordRefusal(origin, message, new OcppError(call.violation.code, call.violation.message));
    return undefined;
  }

  async function send(origin: Origin, message: IncomingMessage): Promise<void> {
    const inbound = inboundOf(origin, message);
    await keepRecord(origin, logOf(message, inbound, {}));
  }

  /** The fact is kept as it came and acknowledged, because stations throw away what they are refused. */
  async function quarantine(
    origin: Origin,
    message: IncomingMessage,
    receiver: Receiver,
    reason: string,
  ): Promise<object> {
    const { station } = origin;
    const receivedAt = now();
    const payload = storable(redact(message.version, message.action, 'request', message.received));
    const answer = receiver.acknowledgeUnread?.() ?? {};
    const finding: FindingDraft = {
      kind: 'message-quarantined',
      subject: message.action,
      detail: `${message.action} could not be understood and was put aside: ${reason}`,
    };
    try {
      await committer.commit({
        source: station.id,
        fence: { stationId: station.id, epoch: station.epoch },
        key: {
          stationId: station.id,
          kind: 'quarantine',
          key: message.action,
          digest: digestOf(payload),
        },
        settle: () => ({
          answer,
          writes: [
            writeQuarantine({
              station_id: station.id,
              received_at: receivedAt.toISOString(),
              action: message.action,
              message_id: String(storable(message.messageId)),
              payload,
              reason: String(storable(reason)),
            }),
            writeFinding(station.id, finding, receivedAt),
          ],
          events: [
            {
              type: 'message.quarantined',
              stationId: station.id,
              at: receivedAt.toISOString(),
              data: { action: message.action, reason: storable(reason) },
            },
          ],
        }),
        record: () => logOf(message, inboundOf(origin, message), { answer }),
      });
      return answer;
    } catch (error) {
      if (giveUp(origin, error)) throw error;
      log.error(
        { station: station.id, action: message.action, err: error },
        'a message could not be put in quarantine',
      );
      throw new OcppError('InternalError', `${message.action} could not be handled`);
    }
  }

  async function recordRefusal(origin: Origin, message: IncomingMessage, error: unknown): Promise<void> {
    const refusal =
      error instanceof OcppError
        ? { code: error.code, description: error.message }
        : { code: 'InternalError' };
    await keepRecord(origin, logOf(message, inboundOf(origin, message), { error: refusal }));
  }

  /** The log alone is no fact: where it cannot be kept the answer goes out all the same. */
  async function keepRecord(origin: Origin, writes: readonly Write[]): Promise<void> {
    const { station } = origin;
    const noted = note(origin, origin.takeFindings(), now());
    if (writes.length + noted.writes.length === 0) return;
    try {
      const committed = await committer.commit({
        source: station.id,
        fence: { stationId: station.id, epoch: station.epoch },
        settle: () => ({ answer: {}, ...noted, writes: [...writes, ...noted.writes] }),
      });
      committed.apply?.();
    } catch (error) {
      if (!giveUp(origin, error))
        log.warn({ station: station.id, err: error }, 'a message could not be logged');
    }
  }

  /** Whether the connection cannot go on: then nothing is answered, and the station will say it again. */
  function giveUp(origin: Origin, error: unknown): boolean {
    if (error instanceof FencedOut) {
      origin.abandon(1008, 'replaced by another connection');
      return true;
    }
    if (error instanceof DatabaseAway) {
      origin.abandon(1013, 'try again later');
      return true;
    }
    return false;
  }

  function logOf(
    message: IncomingMessage,
    inbound: Inbound,
    outcome: { answer?: unknown; error?: unknown },
  ): Write[] {
    if (!options.messageLog) return [];
    const request = redact(message.version, message.action, 'request', message.received);
    return [
      writeExchange({
        received_at: inbound.receivedAt.toISOString(),
        station_id: inbound.station.id,
        sent_by: 'CS',
        kind: 'CALL',
        message_id: isStorable(message.messageId) ? message.messageId : String(storable(message.messageId)),
        action: message.action,
        request: outcome.error === undefined || isStorable(request) ? request : storable(request),
        answer: outcome.answer,
        error: outcome.error === undefined ? undefined : storable(outcome.error),
        duration_ms: Math.max(0, now().getTime() - inbound.receivedAt.getTime()),
      }),
    ];
  }

  function inboundOf({ station }: Origin, message: IncomingMessage): Inbound {
    return {
      station,
      version: message.version,
      action: message.action,
      messageId: message.messageId,
      payload: message.payload,
      received: message.received,
      receivedAt: now(),
    };
  }
}

/** Findings as rows, which are counted, and as events where they are new on this connection. */
function note(origin: Origin, findings: readonly FindingDraft[], at: Date): Noted {
  if (findings.length === 0) return nothingNoted;
  const { station, toldFindings } = origin;
  const news = findings.filter(({ kind, subject }) => !toldFindings.has(`${kind} ${subject}`));
  return {
    writes: findings.map((finding) => writeFinding(station.id, finding, at)),
    events: news.map((finding) => ({
      type: 'station.finding',
      stationId: station.id,
      at: at.toISOString(),
      data: { ...finding },
    })),
    apply() {
      if (toldFindings.size > mostToldFindings) toldFindings.clear();
      for (const { kind, subject } of news) toldFindings.add(`${kind} ${subject}`);
    },
  };
}

type Noted = Required<Pick<Outcome<object>, 'writes' | 'events' | 'apply'>>;

const nothingNoted: Noted = { writes: [], events: [], apply() {} };

/** Remembered for one connection; a station that errs in ever new ways is told of again. */
const mostToldFindings = 200;

function asObject(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : { value };
}

/** The table of who receives what, from the blocks. Throws where two receive the same. */
function gatherReceivers(blocks: readonly Block[]): Map<string, Receiver> {
  const table = new Map<string, Receiver>();
  for (const block of blocks) {
    for (const receiver of block.receives ?? []) {
      for (const version of receiver.versions) {
        const key = `${version} ${receiver.action}`;
        if (table.has(key)) throw new Error(`${key} is received twice, the second time by ${block.name}`);
        table.set(key, receiver);
      }
    }
  }
  return table;
}
