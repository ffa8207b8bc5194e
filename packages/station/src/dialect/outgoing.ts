import { type ActionOf, type IncomingMessage, OcppError, type Request, type Response } from '@busbar/ocpp';
import type { Commands } from '../commands.ts';
import type { Outgoing, Reply } from './dialect.ts';

/** A request of 1.6 and how its answer is read; the peer has validated the answer. */
export function outgoing16<A extends ActionOf<'1.6'>, Answer>(
  action: A,
  payload: Request<'1.6', A> & object,
  read: (answer: Response<'1.6', A>) => Answer,
): Outgoing<Answer> {
  return { action, payload, read: (answer) => read(answer as Response<'1.6', A>) };
}

/** A request that 2.0.1 and 2.1 share, typed by 2.1; the peer validates it by the version that is spoken. */
export function outgoing2<A extends ActionOf<'2.1'>, Answer>(
  action: A,
  payload: Request<'2.1', A> & object,
  read: (answer: Response<'2.1', A>) => Answer,
): Outgoing<Answer> {
  return { action, payload, read: (answer) => read(answer as Response<'2.1', A>) };
}

/** For an answer that says nothing but that it came. */
export function nothing(): void {}

interface Handlers {
  readonly [action: string]: ((request: never, commands: Commands) => Reply) | undefined;
}

/**
 * Hands a CALL to the handler of its action. The peer has validated the payload against that very action,
 * which is what makes the cast true.
 * @throws OcppError NotSupported
 */
export function dispatch(handlers: Handlers, call: IncomingMessage, commands: Commands): Reply {
  const handle = Object.hasOwn(handlers, call.action) ? handlers[call.action] : undefined;
  if (!handle) throw new OcppError('NotSupported', `this station does not do ${call.action}`);
  return handle(call.payload as never, commands);
}
