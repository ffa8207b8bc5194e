import { randomUUID } from 'node:crypto';
import { CallFailed, type LateAnswer, type Peer, redact } from '@busbar/ocpp';
import { Declined } from './bus/bus.ts';
import {
  type Command,
  type CommandContext,
  type CommandResult,
  type Dialect,
  findDialect,
} from './command.ts';
import type { CommandOrder, OrderReply } from './commands.ts';
import { writeExchange } from './core/message-log/tables.ts';
import type { Numbers } from './core/numbers.ts';
import { operationChanged } from './core/operation/events.ts';
import { type OperationProblem, operationProblem } from './core/operation/problems.ts';
import { isOpen, settleOperation } from './core/operation/settle.ts';
import { writeIntent } from './core/operation/tables.ts';
import type { OperationView } from './core/operation/view.ts';
import type { Ask } from './core/queries.ts';
import type { StationTwin } from './core/twin.ts';
import type { Log } from './log.ts';
import { Problem } from './problem.ts';
import { type Committer, DatabaseAway, EntryRefused, FencedOut } from './store/committer.ts';
import { isRetryable } from './store/connection.ts';
import type { Write } from './store/write.ts';

/** The connection by which a command reaches its station. */
export interface CommandTarget {
  readonly station: StationTwin;
  readonly peer: Peer;
  /** Calls that were given up and may still be answered, by message id. */
  readonly overdue: Map<string, Overdue>;
}

/** An operation whose answer did not come in time, kept so that a late one can settle it. */
export interface Overdue {
  readonly operation: OperationView;
  readonly sent: Sent;
}

interface Sent {
  readonly command: Command;
  readonly dialect: Dialect;
  readonly input: object;
  readonly context: CommandContext;
  readonly sentAt: Date;
}

export interface CommandRunner {
  /**
   * Commits the intent, sends the CALL, commits what came of it. Problems are values on the bus.
   *
   * @throws Declined when nothing was sent because the station is not this connection's any more, or the database is
   * away: another node may hold it.
   */
  run(target: CommandTarget, order: CommandOrder & { readonly inputDigest: string }): Promise<OrderReply>;
  /** Settles an operation that was given up. */
  lateAnswer(target: CommandTarget, answer: LateAnswer): Promise<void>;
}

export interface CommandRunnerOptions {
  readonly commands: readonly Command[];
  readonly committer: Committer;
  readonly requestNumbers: Numbers;
  readonly ask: Ask;
  readonly now: () => Date;
  readonly log: Log;
  readonly messageLog: boolean;
}

/** A late answer settles only one of the latest operations: the memory for it is bounded. */
const mostOverdue = 20;

export function createCommandRunner(options: CommandRunnerOptions): CommandRunner {
  const { committer, now, log } = options;
  const commands = new Map(options.commands.map((command) => [command.name, command]));

  return { run, lateAnswer };

  async function run(
    target: CommandTarget,
    order: CommandOrder & { readonly inputDigest: string },
  ): Promise<OrderReply> {
    let begun: Awaited<ReturnType<typeof begin>>;
    try {
      begun = await begin(target, order);
    } catch (error) {
      const problem = problemOf(error);
      // Nothing was sent: whoever else serves the station may be the one that holds it.
      if (!(error instanceof Problem) && problem.code !== 'conflict')
        throw new Declined(problem.detail, { problem });
      return { problem };
    }
    const { operation, settled } = begun;
    const patience = Promise.withResolvers<OperationView>();
    const timer = setTimeout(() => patience.resolve(operation), order.waitMs ?? 0);
    try {
      return { operation: await Promise.race([settled, patience.promise]) };
    } catch {
      // The answer could not be recorded: the operation is open still, and is found out about.
      return { operation };
    } finally {
      clearTimeout(timer);
    }
  }

  /** Everything that can be refused is refused here, before the intent exists. */
  async function begin(target: CommandTarget, order: CommandOrder & { readonly inputDigest: string }) {
    const command = commands.get(order.command);
    if (!command) throw new Problem('not-found', `There is no command ${order.command}`);
    const { station } = target;
    passGate(station, command);
    const input = (await command.complete?.(order.input, options.ask)) ?? order.input;
    const dialect = findDialect(command, station.version, input);
    if (!dialect) {
      throw new Problem('unsupported-by-version', `OCPP ${station.version} has no words for ${command.name}`);
    }
    const context: CommandContext = {
      station,
      correlationId: command.correlated ? await options.requestNumbers.take() : 0,
      now: now(),
    };
    const requests = dialect.toRequests(input, context);
    const operation = await commitIntent(target, { ...order, input }, command, dialect, context);
    const settled = send(target, operation, requests, {
      command,
      dialect,
      input,
      context,
      sentAt: now(),
    });
    settled.catch((error) =>
      log.error({ operation: operation.id, err: error }, 'an operation could not be settled'),
    );
    return { operation, settled };
  }

  async function commitIntent(
    target: CommandTarget,
    order: CommandOrder & { readonly inputDigest: string },
    command: Command,
    dialect: Dialect,
    context: CommandContext,
  ): Promise<OperationView> {
    const { station } = target;
    const operation: OperationView = {
      id: randomUUID(),
      stationId: station.id,
      command: command.name,
      state: 'Sent',
      input: command.withoutSecrets?.(order.input) ?? order.input,
      ...(command.correlated && { correlationId: context.correlationId }),
      givenBy: order.givenBy,
      createdAt: context.now.toISOString(),
    };
    const committed = await committer.commit({
      source: order.givenBy,
      fence: { stationId: station.id, epoch: station.epoch },
      settle: () => ({
        answer: undefined,
        writes: [
          writeIntent({
            id: operation.id,
            station_id: station.id,
            command: command.name,
            input: operation.input,
            correlation_id: operation.correlationId,
            action: dialect.action,
            message_id: operation.id,
            given_by: order.givenBy,
            idempotency_key: order.idempotencyKey,
            input_digest: order.inputDigest,
            epoch: station.epoch,
            at: operation.createdAt,
          }),
        ],
        events: [operationChanged(operation, context.now)],
        ...command.onIntent?.(order.input, context),
      }),
    });
    committed.apply?.();
    return operation;
  }

  async function send(
    target: CommandTarget,
    operation: OperationView,
    requests: readonly object[],
    sent: Sent,
  ): Promise<OperationView> {
    const { station, peer, overdue } = target;
    const { dialect, input, context } = sent;
    // Opened before the CALL leaves: what was asked for may arrive before the answer does.
    for (const [action, what] of dialect.solicits?.(input, context) ?? [])
      station.solicited.set(action, what);
    const responses: object[] = [];
    for (const [index, request] of requests.entries()) {
      const messageId = index === 0 ? operation.id : randomUUID();
      const leftAt = now();
      try {
        const response = await peer.call(dialect.action, request, { messageId });
        responses.push(response);
        if (index < requests.length - 1) {
          await keep(
            target,
            exchangeOf(target, dialect.action, messageId, request, { answer: response }, leftAt),
          );
          continue;
        }
        const exchange = exchangeOf(target, dialect.action, messageId, request, { answer: response }, leftAt);
        return await settle(
          target,
          operation,
          sent,
          dialect.fromResponses(responses, input, context),
          exchange,
        );
      } catch (error) {
        if (!(error instanceof CallFailed)) throw error;
        closeGate(station, sent);
        if (!isUnknown(error)) sent.command.onFailed?.(input, context);
        if (error.reason === 'Timeout' && requests.length === 1) {
          remember(overdue, messageId, { operation, sent });
        }
        const outcome = { error: problemOfCall(error) };
        const exchange = exchangeOf(target, dialect.action, messageId, request, outcome, leftAt);
        return settleUnanswered(operation, sent, error, exchange);
      }
    }
    throw new Error(`${operation.command} has no request`);
  }

  async function lateAnswer(target: CommandTarget, answer: LateAnswer): Promise<void> {
    const late = target.overdue.get(answer.messageId);
    if (!late) return;
    target.overdue.delete(answer.messageId);
    const { operation, sent } = late;
    if (answer.payload) {
      const { dialect, input, context } = sent;
      await settle(target, operation, sent, dialect.fromResponses([answer.payload], input, context), []);
    } else if (answer.error) {
      sent.command.onFailed?.(sent.input, sent.context);
      const problem = { code: answer.error.code, detail: answer.error.description };
      await record(operation, { ...operation, state: 'Failed', problem }, {});
    }
  }

  async function settle(
    target: CommandTarget,
    operation: OperationView,
    sent: Sent,
    result: CommandResult,
    exchange: readonly Write[],
  ): Promise<OperationView> {
    if (!result.accepted) closeGate(target.station, sent);
    const settled: OperationView = {
      ...operation,
      state: result.accepted ? 'Accepted' : 'Rejected',
      result: {
        status: result.status,
        ...(result.reason !== undefined && { reason: result.reason }),
        ...(result.data !== undefined && { data: result.data }),
      },
    };
    const recorded = await record(operation, settled, {
      ...result,
      writes: [...(result.writes ?? []), ...exchange],
    });
    if (result.whileHeld) await keepWhileHeld(target, result.whileHeld);
    return recorded;
  }

  /** Not in one commit with the operation, which is settled by the answer wherever the station is by now. */
  async function keepWhileHeld(
    { station }: CommandTarget,
    { writes, apply }: NonNullable<CommandResult['whileHeld']>,
  ): Promise<void> {
    try {
      await committer.commit({
        source: station.id,
        fence: { stationId: station.id, epoch: station.epoch },
        settle: () => ({ answer: undefined, writes, events: [] }),
      });
      apply();
    } catch (error) {
      if (!(error instanceof FencedOut || error instanceof DatabaseAway)) throw error;
    }
  }

  /** Without an answer: it failed, or what became of it has to be found out. A question is just not answered. */
  async function settleUnanswered(
    operation: OperationView,
    { command }: Sent,
    error: CallFailed,
    exchange: readonly Write[],
  ): Promise<OperationView> {
    const problem = problemOfCall(error);
    const isAnswerless = error.reason === 'Timeout' || error.reason === 'Closed';
    if (isUnknown(error) && command.whenLost.kind !== 'changes-nothing') {
      return record(operation, { ...operation, state: 'Unknown', problem }, { writes: exchange });
    }
    const told =
      isUnknown(error) && isAnswerless
        ? operationProblem('NotAnswered', `${problem.detail}; it only asks: nothing has changed, ask again`)
        : problem;
    return record(operation, { ...operation, state: 'Failed', problem: told }, { writes: exchange });
  }

  /** Resolves with the operation as it is then; where somebody else has settled it, as it was, to be followed. */
  async function record(
    before: OperationView,
    after: OperationView,
    more: Pick<CommandResult, 'writes' | 'events' | 'apply'>,
  ): Promise<OperationView> {
    const at = now();
    const change = settleOperation(after, at);
    const { apply, answer: isSettledByThis } = await committer.commit({
      source: before.stationId,
      claims: change.claims,
      settle(found) {
        const { writes, events } = change.settle(found);
        return {
          answer: found.held[0] === true,
          writes: [...writes, ...(more.writes ?? [])],
          events: [...events, ...(more.events ?? [])],
          ...(more.apply && { apply: more.apply }),
        };
      },
    });
    apply?.();
    if (!isSettledByThis) return before;
    return isOpen(after) ? after : { ...after, settledAt: at.toISOString() };
  }

  async function keep(target: CommandTarget, writes: readonly Write[]): Promise<void> {
    if (writes.length === 0) return;
    await committer.commit({
      source: target.station.id,
      settle: () => ({ answer: undefined, writes, events: [] }),
    });
  }

  function exchangeOf(
    { station }: CommandTarget,
    action: string,
    messageId: string,
    request: object,
    outcome: { readonly answer?: object; readonly error?: object },
    leftAt: Date,
  ): Write[] {
    if (!options.messageLog) return [];
    return [
      writeExchange({
        received_at: leftAt.toISOString(),
        station_id: station.id,
        sent_by: 'CSMS',
        kind: 'CALL',
        message_id: messageId,
        action,
        request: redact(station.version, action, 'request', request),
        answer: outcome.answer && redact(station.version, action, 'response', outcome.answer),
        error: outcome.error,
        duration_ms: now().getTime() - leftAt.getTime(),
      }),
    ];
  }
}

/** B03.FR.03: nothing is sent after Rejected. B02: while pending, no starts and stops. */
function passGate(station: StationTwin, command: Command): void {
  const { registration } = station;
  if (registration === 'Accepted' || (registration === 'Pending' && command.whenPending)) return;
  throw new Problem(
    'station-not-accepted',
    `The registration of ${station.id} is ${registration ?? 'not begun'}; ${command.name} cannot be sent to it`,
  );
}

function closeGate(station: StationTwin, { dialect, input, context }: Sent): void {
  for (const [action, what] of dialect.solicits?.(input, context) ?? []) {
    if (station.solicited.get(action) === what || what !== 'once') station.solicited.delete(action);
  }
}

function remember(overdue: Map<string, Overdue>, messageId: string, entry: Overdue): void {
  overdue.set(messageId, entry);
  const [oldest] = overdue.keys();
  if (overdue.size > mostOverdue && oldest !== undefined) overdue.delete(oldest);
}

/** Whether the station may have done what was asked although no answer tells. */
function isUnknown(error: CallFailed): boolean {
  return (
    error.sent &&
    (error.reason === 'Timeout' || error.reason === 'Closed' || error.reason === 'InvalidResponse')
  );
}

function problemOfCall(error: CallFailed): OperationProblem {
  const detail = failureDetail(error);
  if (error.reason === 'CallError') return { code: error.code ?? 'GenericError', detail };
  return operationProblem(error.reason, detail);
}

function failureDetail(error: CallFailed): string {
  switch (error.reason) {
    case 'CallError':
      return error.description || `The station answered ${error.code}`;
    case 'Timeout':
      return 'The station did not answer in time';
    case 'Closed':
      return error.sent
        ? 'The connection ended before the station answered'
        : 'The connection ended before it was sent';
    case 'QueueFull':
      return 'Too many commands wait for this station';
    case 'Aborted':
      return 'The command was taken back before it was sent';
    case 'InvalidRequest':
      return `The command cannot be said in the version that the station speaks: ${error.message}`;
    case 'InvalidResponse':
      return `The station's answer could not be read: ${error.message}`;
    default:
      return error.reason satisfies never;
  }
}

function problemOf(error: unknown): { code: Problem['code']; detail: string } {
  if (error instanceof Problem) return { code: error.code, detail: error.detail };
  if (error instanceof FencedOut)
    return {
      code: 'node-unreachable',
      detail: 'The station has just connected anew, and was not found there',
    };
  if (error instanceof DatabaseAway || isRetryable(error))
    return { code: 'database-unavailable', detail: 'The database does not answer' };
  if (error instanceof EntryRefused)
    return { code: 'conflict', detail: 'The operation could not be recorded' };
  throw error;
}
