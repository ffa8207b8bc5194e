import { type Static, Type } from 'typebox';
import { defineCommand, dialect } from '../../command.ts';
import { outcomeOf } from '../../core/command-answer.ts';
import { connectorOf16, evseOf2, Place } from '../../core/station/place.ts';
import { askForState, judgeState } from './change-availability-lost.ts';

const ChangeAvailability = Type.Object(
  {
    ...Place.properties,
    operationalStatus: Type.Enum(['Operative', 'Inoperative'], {
      type: 'string',
      description: '`Operative`: may be used. `Inoperative`: may not, until it is made operative again.',
    }),
  },
  { additionalProperties: false },
);
export type ChangeAvailability = Static<typeof ChangeAvailability>;

/** G03, G04 and 1.6 section 5.2. `Scheduled` means that it will happen when the running transaction has ended. */
export const changeAvailability = defineCommand({
  name: 'change-availability',
  summary: 'Take a station, an EVSE or a connector out of service, or put it back',
  description:
    'Without `evseId` the whole station is meant. `Scheduled` is a success: the station changes when the transactions that are running have ended.',
  permission: 'stations:operate',
  input: ChangeAvailability,
  whenLost: { kind: 'ask', question: askForState, judge: judgeState },
  dialects: [
    dialect(['1.6'], 'ChangeAvailability', {
      toRequest: (input: ChangeAvailability) => ({
        connectorId: connectorOf16(input),
        type: input.operationalStatus,
      }),
      fromResponse: ({ status }) => ({ accepted: status !== 'Rejected', status }),
    }),
    dialect(['2.0.1', '2.1'], 'ChangeAvailability', {
      toRequest: (input: ChangeAvailability) => ({
        operationalStatus: input.operationalStatus,
        ...evseOf2(input),
      }),
      fromResponse: (response) => outcomeOf(response, ['Accepted', 'Scheduled']),
    }),
  ],
});
