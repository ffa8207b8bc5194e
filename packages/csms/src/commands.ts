import type { Pool } from 'pg';
import { type Bus, BusTimeout, NoHearer, stationSubject } from './bus/bus.ts';
import { findByIdempotencyKey, type OperationView } from './core/operation/view.ts';
import { Problem, type ProblemCode, problemTypes } from './problem.ts';

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
 * @throws Problem not-found, station-offline, station-not-accepted, unsupported-by-version, invalid-request,
 * idempotency-key-reused, overloaded, database-unavailable
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
} as const;

/** The one way out, as seen from any node: finds who holds the station and hands the order over. */
export function createGiveCommand({ bus, pool, digest }: CommandsOptions): GiveCommand {
  return async (order) => {
    const waitMs = Math.min(order.waitMs ?? commandLimits.defaultWaitMs, commandLimits.longestWaitMs);
    const inputDigest = digest([order.stationId, order.command, order.input]);
    const earlier = await givenBefore(order, inputDigest);
    if (earlier) return earlier;
    const message = { ...order, waitMs, inputDigest };
    const reply = await ask(order.stationId, message, waitMs + commandLimits.busMarginMs);
    if ('operation' in reply) return reply.operation;
    // Two requests with the same key at once: the second finds the first's operation.
    const first = reply.problem.code === 'conflict' ? await givenBefore(order, inputDigest) : undefined;
    if (first) return first;
    throw new Problem(reply.problem.code, reply.problem.detail);
  };

  async function givenBefore(order: CommandOrder, inputDigest: string): Promise<OperationView | undefined> {
    if (order.idempotencyKey === undefined) return undefined;
    const earlier = await findByIdempotencyKey(pool, order.givenBy, order.idempotencyKey);
    if (!earlier) return undefined;
    if (earlier.digest === inputDigest) return earlier.operation;
    throw new Problem('idempotency-key-reused', `The key ${order.idempotencyKey} belongs to another command`);
  }

  async function ask(stationId: string, message: object, timeoutMs: number): Promise<OrderReply> {
    try {
      return readReply(await bus.request(stationSubject(stationId), message, timeoutMs));
    } catch (error) {
      if (error instanceof NoHearer) throw await absent(stationId);
      if (error instanceof BusTimeout) {
        throw new Problem('operation-timeout', `The node that holds ${stationId} did not answer in time`);
      }
      throw error;
    }
  }

  async function absent(stationId: string): Promise<Problem> {
    const { rows } = await pool.query('select last_seen_at from station where id = $1', [stationId]);
    if (!rows[0]) return new Problem('not-found', `There is no station ${stationId}`);
    const seen = rows[0].last_seen_at;
    return new Problem('station-offline', `${stationId} is not connected; last seen ${seen ?? 'never'}`);
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
