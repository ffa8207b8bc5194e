import type { Pool } from 'pg';
import type { Command } from '../../command.ts';
import type { JobHandler, JobOutcome, JobTools } from '../../jobs.ts';
import { Problem } from '../../problem.ts';
import type { LostCommand, Verdict } from '../../when-lost.ts';
import { operationChanged } from './events.ts';
import { settleOperationJob } from './lost.ts';
import { type OperationProblemCode, operationProblem } from './problems.ts';
import { isOpen, settleOperation } from './settle.ts';
import { type OperationView, operationView } from './view.ts';

export const settleLimits = {
  /** A station that is slow is given this time to answer after all, where nothing else can tell. */
  lateAnswerSeconds: 120,
  /** A station that does not answer the question, or has nothing to tell yet, is asked so often. */
  questions: 3,
  secondsBetweenQuestions: 10,
  answerWithinMs: 60_000,
  /** Facts are looked for soon at first, then at growing distances. */
  firstLookSeconds: 2,
  longestLookSeconds: 60,
} as const;

/** What the job remembers from one look to the next. */
interface Memory {
  /** When the station was there and accepted for the first time since the answer was lost. */
  readonly since: Date;
  readonly asked: number;
}

interface LostOperation {
  readonly operation: OperationView;
  readonly command: Command;
  readonly lost: LostCommand;
  /** It was sent over the connection that the station still has: the answer may yet come. */
  readonly answerMayCome: boolean;
}

/** Finds out what became of an operation whose answer never came, by the station's node, once the station is accepted. */
export function settleOperations(deps: {
  readonly pool: Pool;
  readonly commands: readonly Command[];
}): JobHandler {
  const commands = new Map(deps.commands.map((command) => [command.name, command]));

  return {
    kind: settleOperationJob,
    async run(job, tools) {
      const { rows } = await deps.pool.query(
        `select operation.*, station.booted_at, station.boot_reason
         from operation left join station on station.id = operation.station_id where operation.id = $1`,
        [job.subject],
      );
      const [row] = rows;
      if (row === undefined) return { done: true };
      const operation = operationView(row);
      // It was settled before it was taken for lost: whoever follows the events has heard of that last.
      const command = commands.get(operation.command);
      if (!isOpen(operation)) return told(operation, tools, command);
      if (!command) return failed(operation, tools, 'NotConfirmed', 'the command does not exist any more');
      const lost: LostCommand = {
        input: operation.input,
        station: tools.station,
        sentAt: new Date(operation.createdAt),
        transactionId: operation.transactionId,
        lastBoot:
          row.booted_at === null
            ? undefined
            : { at: new Date(row.booted_at), reason: row.boot_reason ?? undefined },
      };
      const answerMayCome = Number(row.epoch) === tools.station.epoch;
      return lookInto({ operation, command, lost, answerMayCome }, memoryOf(job.input, tools.now), tools);
    },
  };
}

async function lookInto(what: LostOperation, memory: Memory, tools: JobTools): Promise<JobOutcome> {
  const { operation, command, lost } = what;
  const { whenLost } = command;
  const elapsedSeconds = (tools.now.getTime() - memory.since.getTime()) / 1_000;
  switch (whenLost.kind) {
    case 'changes-nothing':
      return failed(operation, tools, 'NotAnswered', nothingChanged);
    case 'cannot-be-known':
      if (what.answerMayCome && elapsedSeconds < settleLimits.lateAnswerSeconds) {
        return later(memory, settleLimits.lateAnswerSeconds - elapsedSeconds);
      }
      return failed(operation, tools, 'NotConfirmed', 'only the answer could have told');
    case 'shows-in-facts': {
      const verdict = whenLost.look(lost);
      if (verdict.is !== 'not-yet') return ended(what, verdict, tools);
      const leftSeconds = whenLost.withinSeconds - elapsedSeconds;
      if (leftSeconds > 0) return later(memory, Math.min(leftSeconds, pauseAfter(elapsedSeconds)));
      const seen = `nothing shows that it took effect, ${whenLost.withinSeconds} s after the station was there`;
      return failed(operation, tools, whenLost.otherwise, seen, command);
    }
    case 'ask': {
      const verdict = await ask(what, whenLost, tools);
      if (verdict.is !== 'not-yet') return ended(what, verdict, tools);
      const asked = memory.asked + 1;
      if (asked < settleLimits.questions) {
        return later({ ...memory, asked }, settleLimits.secondsBetweenQuestions);
      }
      return failed(operation, tools, 'NotConfirmed', 'the station was asked, and could not tell', command);
    }
    default:
      return whenLost satisfies never;
  }
}

const nothingChanged = 'it only asks: nothing has changed, ask again';

async function ask(
  { operation, lost }: LostOperation,
  { question, judge }: Extract<Command['whenLost'], { kind: 'ask' }>,
  { give }: JobTools,
): Promise<Verdict> {
  const { stationId } = operation;
  try {
    const asked = question(lost);
    if (!asked) return { is: 'unknowable', why: 'there is nothing that the station could be asked' };
    return judge(lost, await give({ ...asked, stationId, waitMs: settleLimits.answerWithinMs }));
  } catch (error) {
    if (!(error instanceof Problem) || !unaskable.has(error.code)) throw error;
    return { is: 'unknowable', why: `the station cannot be asked: ${error.detail}` };
  }
}

/** A question that is refused like this will be the next time. */
const unaskable: ReadonlySet<string> = new Set(['unsupported-by-version', 'invalid-request', 'not-found']);

function ended({ operation, command }: LostOperation, verdict: Verdict, tools: JobTools): JobOutcome {
  switch (verdict.is) {
    case 'done':
      return settled({ ...operation, state: 'Accepted' }, tools);
    case 'not-done':
      return failed(operation, tools, 'NotDone', verdict.seen, command);
    case 'unknowable':
      return failed(operation, tools, 'NotConfirmed', verdict.why, command);
    case 'not-yet':
      throw new Error('what may still show has not ended');
    default:
      return verdict satisfies never;
  }
}

function failed(
  operation: OperationView,
  tools: JobTools,
  code: OperationProblemCode,
  why: string,
  command?: Command,
): JobOutcome {
  const problem = operationProblem(code, detailOf(operation, why));
  return settled({ ...operation, state: 'Failed', problem }, tools, () =>
    takeBack(operation, tools, command),
  );
}

/** Why there was no answer, and what was found out. */
export function detailOf({ problem }: Pick<OperationView, 'problem'>, why: string): string {
  return problem ? `${problem.detail}; ${why}` : why;
}

function settled(operation: OperationView, { now }: JobTools, apply: () => void = () => {}): JobOutcome {
  const { problem, ...after } = operation;
  const change = settleOperation(after.state === 'Failed' && problem ? { ...after, problem } : after, now);
  return {
    done: true,
    change: {
      claims: change.claims,
      settle: (found) => ({ ...change.settle(found), ...(found.held[0] && { apply }) }),
    },
  };
}

/** Another node settled it, while this one's twin was loaded as if it were open. */
function told(operation: OperationView, tools: JobTools, command: Command | undefined): JobOutcome {
  const events = [operationChanged(operation, tools.now)];
  const apply = () => {
    if (operation.state !== 'Accepted') takeBack(operation, tools, command);
  };
  return { done: true, change: { claims: [], settle: () => ({ writes: [], events, apply }) } };
}

function takeBack(operation: OperationView, { station, now }: JobTools, command: Command | undefined): void {
  command?.onFailed?.(operation.input, { station, correlationId: operation.correlationId ?? 0, now });
}

function later({ since, asked }: Memory, againInSeconds: number): JobOutcome {
  const problem = 'the station has not shown yet what became of the command';
  return { done: false, problem, againInSeconds, waits: { input: { since: since.toISOString(), asked } } };
}

function pauseAfter(elapsedSeconds: number): number {
  return Math.min(
    settleLimits.longestLookSeconds,
    Math.max(settleLimits.firstLookSeconds, elapsedSeconds / 4),
  );
}

function memoryOf(input: object, now: Date): Memory {
  const since = 'since' in input && typeof input.since === 'string' ? new Date(input.since) : now;
  const asked = 'asked' in input && typeof input.asked === 'number' ? input.asked : 0;
  return { since, asked };
}
