import type { Command } from '../command.ts';
import type { OperationView } from '../core/operation/view.ts';
import type { StationTwin } from '../core/twin.ts';
import type { LostCommand, Question, Verdict } from '../when-lost.ts';
import { noon } from './station.ts';

/** A command that was lost at noon. */
export function lostAtNoon(
  station: StationTwin,
  input: object,
  known: Partial<LostCommand> = {},
): LostCommand {
  return { input, station, sentAt: noon, transactionId: undefined, lastBoot: undefined, ...known };
}

/** What the command's own facts say. Fails for one that is not found out about by facts. */
export function lookFor({ name, whenLost }: Command, lost: LostCommand): Verdict {
  if (whenLost.kind !== 'shows-in-facts') throw new Error(`${name} does not show in facts`);
  return whenLost.look(lost);
}

/** What the station is asked, and what is made of its answer. */
export function askAbout(
  { name, whenLost }: Command,
  lost: LostCommand,
): {
  question: Question | undefined;
  judge(answer: Pick<OperationView, 'state' | 'result' | 'problem'>): Verdict;
} {
  if (whenLost.kind !== 'ask') throw new Error(`nothing is asked about ${name}`);
  const of = { id: 'q', stationId: lost.station.id, command: 'question', input: {}, givenBy: 'job' };
  return {
    question: whenLost.question(lost),
    judge: (answer) => whenLost.judge(lost, { ...of, createdAt: noon.toISOString(), ...answer }),
  };
}
