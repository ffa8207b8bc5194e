import { type Static, Type } from 'typebox';
import { defineCommand, dialect } from '../../command.ts';
import { outcomeOf } from '../../core/command-answer.ts';
import { connectorOf16 } from '../../core/station/place.ts';

const UnlockConnector = Type.Object(
  {
    evseId: Type.Integer({
      minimum: 1,
      maximum: 9_999,
      description: 'The EVSE. In 1.6 EVSE n is connector n.',
    }),
    connectorId: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 9_999,
        description: 'The connector of the EVSE; without it, the first.',
      }),
    ),
  },
  { additionalProperties: false },
);
type UnlockConnector = Static<typeof UnlockConnector>;

/** F05 and 1.6 section 5.18. Only `Unlocked` is a success. */
export const unlockConnector = defineCommand({
  name: 'unlock-connector',
  summary: 'Unlock a connector',
  description:
    'For a driver whose cable is held. A 2.x station does not unlock a connector whose transaction is running (`OngoingAuthorizedTransaction`); a 1.6 station ends the transaction.',
  permission: 'stations:operate',
  input: UnlockConnector,
  // A connector that is unlocked may be locked again by the time that anybody asks.
  whenLost: { kind: 'cannot-be-known' },
  dialects: [
    dialect(['1.6'], 'UnlockConnector', {
      toRequest: (input: UnlockConnector) => ({ connectorId: connectorOf16(input) }),
      fromResponse: ({ status }) => ({ accepted: status === 'Unlocked', status }),
    }),
    dialect(['2.0.1', '2.1'], 'UnlockConnector', {
      toRequest: ({ evseId, connectorId = 1 }: UnlockConnector) => ({ evseId, connectorId }),
      fromResponse: (response) => outcomeOf(response, ['Unlocked']),
    }),
  ],
});
