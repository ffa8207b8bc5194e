import type { Request, Version } from '@busbar/ocpp';
import { type Static, Type } from 'typebox';
import { defineCommand, dialect } from '../../command.ts';
import { outcomeOf } from '../../core/command-answer.ts';
import { Problem } from '../../problem.ts';
import type { LostCommand, Verdict } from '../../when-lost.ts';

const Reset = Type.Object(
  {
    type: Type.Enum(['Immediate', 'OnIdle', 'ImmediateAndResume'], {
      type: 'string',
      description:
        '`Immediate`: at once, transactions are ended (1.6: `Hard`). `OnIdle`: when no transaction runs (1.6: `Soft`, which ends transactions in good order). `ImmediateAndResume`: at once, transactions go on afterwards; only in 2.1.',
    }),
    evseId: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 9_999,
        description: 'Only this EVSE; not in 1.6. Without it, the station.',
      }),
    ),
  },
  { additionalProperties: false },
);
type Reset = Static<typeof Reset>;

const good = ['Accepted', 'Scheduled'];
/** A station starts within minutes. */
const bootWithinSeconds = 600;
/** What a 2.x station says of a boot that somebody asked for (B11, B12). */
const resetReasons: ReadonlySet<string> = new Set(['RemoteReset', 'ScheduledReset']);

/** B11, B12, B13 and 1.6 section 5.14. */
export const reset = defineCommand({
  name: 'reset',
  summary: 'Restart a station or an EVSE',
  description: '`Scheduled` is a success: it is reset when the transactions that are running have ended.',
  permission: 'stations:operate',
  input: Reset,
  whenLost: {
    kind: 'shows-in-facts',
    withinSeconds: bootWithinSeconds,
    // `OnIdle` may be waiting for a transaction to end.
    otherwise: 'NotConfirmed',
    look: lookForBoot,
  },
  dialects: [
    dialect(['1.6'], 'Reset', {
      toRequest({ type, evseId }: Reset): Request<'1.6', 'Reset'> {
        if (evseId === undefined)
          return { type: withoutResuming(type, '1.6') === 'Immediate' ? 'Hard' : 'Soft' };
        throw new Problem(
          'unsupported-by-version',
          'In OCPP 1.6 only the whole station can be reset: leave evseId out.',
        );
      },
      fromResponse: ({ status }) => ({ accepted: status === 'Accepted', status }),
    }),
    dialect(['2.0.1'], 'Reset', {
      toRequest: ({ type, evseId }: Reset): Request<'2.0.1', 'Reset'> => ({
        type: withoutResuming(type, '2.0.1'),
        ...(evseId !== undefined && { evseId }),
      }),
      fromResponse: (response) => outcomeOf(response, good),
    }),
    dialect(['2.1'], 'Reset', {
      toRequest: (input: Reset) => input,
      fromResponse: (response) => outcomeOf(response, good),
    }),
  ],
});

/** A station says that it has started. In 1.6 it does not say why. */
function lookForBoot({ input, sentAt, lastBoot }: LostCommand<Reset>): Verdict {
  if (input.evseId !== undefined) {
    return { is: 'unknowable', why: 'a station does not tell that one of its EVSEs was reset' };
  }
  if (!lastBoot || lastBoot.at <= sentAt) return { is: 'not-yet' };
  const wasAskedFor = lastBoot.reason === undefined || resetReasons.has(lastBoot.reason);
  return { is: wasAskedFor ? 'done' : 'not-yet' };
}

function withoutResuming(type: Reset['type'], version: Version): 'Immediate' | 'OnIdle' {
  if (type !== 'ImmediateAndResume') return type;
  throw new Problem(
    'unsupported-by-version',
    `In OCPP ${version} transactions cannot be resumed after a reset.`,
  );
}
