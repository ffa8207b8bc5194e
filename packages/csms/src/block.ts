import type { ActionOf, Request, Response, Version } from '@busbar/ocpp';
import type { Route } from './api/route.ts';
import type { Command } from './command.ts';
import type { FindingDraft } from './core/finding.ts';
import type { AnyQueryAnswer } from './core/queries.ts';
import type { StationTwin } from './core/twin.ts';
import type { JobHandler } from './jobs.ts';
import type { Claim, Found, Outcome } from './store/write.ts';

/** A message on its way through dispatch, with what is known when it is decided. */
export interface Inbound<Payload extends object = object, V extends Version = Version> {
  readonly station: StationTwin;
  readonly version: V;
  readonly action: string;
  readonly messageId: string;
  readonly payload: Payload;
  /** As it came, before anything was tolerated. */
  readonly received: object;
  /** Our clock. */
  readonly receivedAt: Date;
}

/** What a message means: the answer and the rows that make it true, plus what only a station's message may cause. */
export interface StationOutcome<Answer extends object> extends Outcome<Answer> {
  readonly findings?: readonly FindingDraft[];
}

/** A decision that depends on what the database finds while it is committed. */
export interface Decision<Answer extends object> {
  /** The natural key under which a repetition is recognised; the message id never is. */
  readonly key?: {
    readonly kind: string;
    readonly key: string;
    /** What a repetition has in common with the first; left out when the key is its digest. */
    readonly content?: unknown;
    /** The twin proves that the key was never used. */
    readonly unseen?: boolean;
  };
  readonly claims?: readonly Claim[];
  /** Pure: it may run again. */
  settle(found: Found): StationOutcome<Answer>;
}

/** How one action is received in one or more versions. */
export interface Receiver {
  readonly versions: readonly Version[];
  readonly action: string;
  /**
   * The message carries facts that would be lost if it were refused: it is put in quarantine and acknowledged
   * instead. The function gives the acknowledgement, or undefined where none can be given.
   */
  readonly acknowledgeUnread?: (() => object) | undefined;
  prepare(message: Inbound): unknown;
  decide(message: Inbound, prepared: unknown): StationOutcome<object> | Decision<object>;
}

/**
 * Declares a receiver, typed by the catalogue. `prepare` may read from the database (batched with what other
 * stations read at the same time) and has a deadline; `decide` is synchronous and pure.
 */
export function receive<V extends Version, A extends ActionOf<V>, Prepared = undefined>(
  versions: readonly V[],
  action: A,
  handler: {
    readonly acknowledgeUnread?: () => Response<V, A> & object;
    readonly prepare?: (
      message: Inbound<Request<V, A> & object, V>,
    ) => Promise<Prepared> | Prepared | undefined;
    readonly decide: (
      message: Inbound<Request<V, A> & object, V>,
      prepared: Prepared | undefined,
    ) => StationOutcome<Response<V, A> & object> | Decision<Response<V, A> & object>;
  },
): Receiver {
  return {
    versions,
    action,
    acknowledgeUnread: handler.acknowledgeUnread,
    prepare: (message) => handler.prepare?.(message as Inbound<Request<V, A> & object, V>),
    decide: (message, prepared) =>
      handler.decide(message as Inbound<Request<V, A> & object, V>, prepared as Prepared | undefined),
  };
}

/** One functional block of OCPP: what it receives, what can be commanded, asked and read. */
export interface Block {
  readonly name: string;
  readonly receives?: readonly Receiver[];
  readonly commands?: readonly Command[];
  readonly answers?: readonly AnyQueryAnswer[];
  readonly jobs?: readonly JobHandler[];
  readonly routes?: readonly Route[];
}
