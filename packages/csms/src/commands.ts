import { setTimeout as delay } from 'node:timers/promises';
import type { Pool } from 'pg';
import {
  type Bus,
  BusAway,
  BusFull,
  BusTimeout,
  Declined,
  MessageTooLarge,
  NoHearer,
  stationSubject,
} from './bus/bus.ts';
import { findByIdempotencyKey, type OperationView } from './core/operation/view.ts';
import { Problem, type ProblemCode, problemTypes, retryLater } from './problem.ts';

/** What is asked of a station, and by whom. */
export interface CommandOrder {
  readonly stationId: string;
  readonly command: string;
  readonly input: object;
  /** Who gives it: an access token's id, or `job`. */
  readonly givenBy: string;
  readonly idempotencyKey?: string;
  /** How long to wait for the station's answer before the operation is given back unsettled. */
  readonly waitMs?: number;
}

/**
 * Gives a command to a station. Resolves with the operation once it is settled, or with `Sent` after `waitMs`.
 *
 * @throws Problem not-found, station-offline, node-unreachable, station-not-accepted, unsupported-by-version,
 * invalid-request, idempotency-key-reused, operation-timeout, overloaded, database-unavailable
 */
export type GiveCommand = (order: CommandOrder) => Promise<OperationView>;

/** What the node that holds the station answers on the bus. */
export type OrderReply =
  | { readonly operation: OperationView }
  | { readonly problem: { readonly code: ProblemCode; readonly detail: string } };

export interface CommandsOptions {
  readonly bus: Bus;
  readonly pool: Pool;
  /** Of a command's input; keyed, because an input may hold a secret. */
  readonly digest: (value: unknown) => string;
}

export const commandLimits = {
  /** An HTTP client's patience; slower stations are followed as operations. */
  defaultWaitMs: 15_000,
  longestWaitMs: 60_000,
  /** Beyond the wait, for the way there and back. */
  busMarginMs: 5_000,
  /** The database knows a new holder a moment before the bus does. */
  furtherAttempts: 1,
  attemptPauseMs: 250,
  /** Told to the caller: by then a station whose node has ended is mostly elsewhere. */
  retrySeconds: 2,
} as const;

/** The one way out, as seen from any node: finds who holds the station and hands the order over. */
export function createGiveCommand({ bus, pool, digest }: CommandsOptions): GiveCommand {
  return async (order) => {
    const waitMs = Math.min(order.waitMs ?? commandLimits.defaultWaitMs, commandLimits.longestWaitMs);
    const inputDigest = digest([order.stationId, order.command, order.input]);
    const earlier = await givenBefore(order, inputDigest);
    if (earlier) return earlier;
    const message = { ...order, waitMs, inputDigest };
    const reply = await ask(order, message, waitMs + commandLimits.busMarginMs).catch(asReply);
    if ('operation' in reply) return reply.operation;
    // Two requests with the same key at once, or one whose answer was lost: the operation is there.
    const first = mayExist.has(reply.problem.code) ? await givenBefore(order, inputDigest) : undefined;
    if (first) return first;
    throw asProblem(reply.problem);
  };

  async function givenBefore(order: CommandOrder, inputDigest: string): Promise<OperationView | undefined> {
    if (order.idempotencyKey === undefined) return undefined;
    const earlier = await findByIdempotencyKey(pool, order.givenBy, order.idempotencyKey);
    if (!earlier) return undefined;
    if (earlier.digest === inputDigest) return earlier.operation;
    throw new Problem('idempotency-key-reused', `The key ${order.idempotencyKey} belongs to another command`);
  }

  /** Who holds the station may not be known to the bus yet: it is looked for a second time. */
  async function ask(order: CommandOrder, message: object, timeoutMs: number): Promise<OrderReply> {
    const { stationId } = order;
    for (let attempt = 1; ; attempt++) {
      try {
        return readReply(await bus.request(stationSubject(stationId), message, timeoutMs));
      } catch (error) {
        if (error instanceof Declined) return readReply(error.reply);
        if (error instanceof BusTimeout) {
          throw mayBeGiven(order, `The node that holds ${stationId} did not answer in time`);
        }
        if (error instanceof BusFull) {
          throw new Problem('overloaded', 'Too many commands are under way');
        }
        if (error instanceof MessageTooLarge) {
          throw new Problem('too-large', `The command is too large to be handed on: ${error.message}`);
        }
        if (!(error instanceof NoHearer || error instanceof BusAway)) throw error;
        const absence = await explainAbsence(stationId, error instanceof BusAway);
        const mayArrive = error instanceof NoHearer && absence.code === 'node-unreachable';
        if (!mayArrive || attempt > commandLimits.furtherAttempts) throw absence;
        await delay(commandLimits.attemptPauseMs);
      }
    }
  }

  /** What the database knows of a station that nobody answers for. */
  async function explainAbsence(stationId: string, wayWasCut: boolean): Promise<Problem> {
    const { rows } = await pool.query(
      `select station.last_seen_at, owner.node from station
       left join station_owner owner on owner.station_id = station.id where station.id = $1`,
      [stationId],
    );
    const [row] = rows;
    if (!row) return new Problem('not-found', `There is no station ${stationId}`);
    const advice = wayWasCut ? `; ${whereToLook(stationId)}` : '';
    if (row.node !== null) {
      const detail = `The node that holds ${stationId} cannot be reached now${advice}`;
      return new Problem('node-unreachable', detail);
    }
    const seen = row.last_seen_at ?? 'never';
    return new Problem('station-offline', `${stationId} is not connected; last seen ${seen}${advice}`);
  }
}

/** The command may have arrived although nothing came back. */
function mayBeGiven({ stationId, idempotencyKey }: CommandOrder, what: string): Problem {
  const advice =
    idempotencyKey === undefined
      ? whereToLook(stationId)
      : 'give the command again with the same Idempotency-Key to find its operation';
  return new Problem('operation-timeout', `${what}; ${advice}`);
}

function whereToLook(stationId: string): string {
  const path = `/api/v1/stations/${encodeURIComponent(stationId)}/operations`;
  return `where a command must not be given twice, look at GET ${path} first`;
}

/** After these the operation may be there all the same. */
const mayExist: ReadonlySet<ProblemCode> = new Set([
  'conflict',
  'operation-timeout',
  'node-unreachable',
  'station-offline',
]);

function asReply(error: unknown): OrderReply {
  if (error instanceof Problem) return { problem: { code: error.code, detail: error.detail } };
  throw error;
}

function asProblem({ code, detail }: { readonly code: ProblemCode; readonly detail: string }): Problem {
  switch (code) {
    case 'node-unreachable':
    case 'database-unavailable':
    case 'overloaded':
      return retryLater(code, detail, commandLimits.retrySeconds);
    default:
      return new Problem(code, detail);
  }
}

function readReply(reply: object): OrderReply {
  if ('operation' in reply) return reply as OrderReply;
  if ('problem' in reply) {
    const { problem } = reply as { problem: { code: string; detail: string } };
    const code = Object.hasOwn(problemTypes, problem.code) ? (problem.code as ProblemCode) : 'internal';
    return { problem: { code, detail: problem.detail } };
  }
  throw new Error('the node that holds the station gave no operation');
}
