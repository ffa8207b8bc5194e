import type { Version } from '@busbar/ocpp';
import { type Static, Type } from 'typebox';
import { defineCommand, dialect } from '../../command.ts';
import { outcomeOf } from '../../core/command-answer.ts';
import { connectorOf16, evseOf2, Place } from '../../core/station/place.ts';
import { Problem } from '../../problem.ts';

/** What can be asked for in 1.6, by which of its two messages; and in the versions of 2.x. */
const messages16 = [
  'BootNotification',
  'DiagnosticsStatusNotification',
  'FirmwareStatusNotification',
  'Heartbeat',
  'MeterValues',
  'StatusNotification',
] as const;
const extendedMessages16 = {
  LogStatusNotification: 'LogStatusNotification',
  SignChargingStationCertificate: 'SignChargePointCertificate',
} as const;
const messages201 = [
  'BootNotification',
  'FirmwareStatusNotification',
  'Heartbeat',
  'LogStatusNotification',
  'MeterValues',
  'PublishFirmwareStatusNotification',
  'SignChargingStationCertificate',
  'SignCombinedCertificate',
  'SignV2GCertificate',
  'StatusNotification',
  'TransactionEvent',
] as const;
const messages21 = [...messages201, 'SignV2G20Certificate', 'CustomTrigger'] as const;

const TriggerMessage = Type.Object(
  {
    message: Type.Enum([...messages21, 'DiagnosticsStatusNotification'], {
      type: 'string',
      description: 'The message that the station is to send. Not every version has every one.',
    }),
    ...Place.properties,
    customTrigger: Type.Optional(
      Type.String({
        maxLength: 50,
        description: 'With `CustomTrigger`: one that the station reports in CustomTriggers.',
      }),
    ),
  },
  { additionalProperties: false },
);
type TriggerMessage = Static<typeof TriggerMessage>;

/** F06, 1.6 section 5.17 and ExtendedTriggerMessage of the 1.6 security whitepaper. */
export const triggerMessage = defineCommand({
  name: 'trigger-message',
  summary: 'Have a station send a message now',
  description:
    'A 2.x station sends StatusNotification only for a connector: name `evseId` and `connectorId` then.',
  permission: 'stations:operate',
  input: TriggerMessage,
  whenLost: { kind: 'changes-nothing' },
  dialects: [
    dialect(['1.6'], 'ExtendedTriggerMessage', {
      speaksFor: ({ message }: TriggerMessage) => isExtended(message),
      toRequest: (input) => ({ requestedMessage: extendedWordOf(input), ...connectorOf(input) }),
      fromResponse: ({ status }) => ({ accepted: status === 'Accepted', status }),
      solicits,
    }),
    dialect(['1.6'], 'TriggerMessage', {
      toRequest: (input: TriggerMessage) => ({
        requestedMessage: wordIn(messages16, input, '1.6'),
        ...connectorOf(input),
      }),
      fromResponse: ({ status }) => ({ accepted: status === 'Accepted', status }),
      solicits,
    }),
    dialect(['2.0.1'], 'TriggerMessage', {
      toRequest: (input: TriggerMessage) => ({
        requestedMessage: wordIn(messages201, input, '2.0.1'),
        ...placeOf(input),
      }),
      fromResponse: (response) => outcomeOf(response),
      solicits,
    }),
    dialect(['2.1'], 'TriggerMessage', {
      toRequest: (input: TriggerMessage) => ({
        requestedMessage: wordIn(messages21, input, '2.1'),
        ...placeOf(input),
        // F06.FR.20
        ...(input.customTrigger !== undefined && { customTrigger: input.customTrigger }),
      }),
      fromResponse: (response) => outcomeOf(response),
      solicits,
    }),
  ],
});

function wordIn<Word extends string>(
  words: readonly Word[],
  { message }: TriggerMessage,
  version: Version,
): Word {
  const word = words.find((candidate) => candidate === message);
  if (word !== undefined) return word;
  throw new Problem('unsupported-by-version', `In OCPP ${version} a station cannot be asked for ${message}.`);
}

function isExtended(message: string): message is keyof typeof extendedMessages16 {
  return Object.hasOwn(extendedMessages16, message);
}

function extendedWordOf({ message }: TriggerMessage) {
  if (isExtended(message)) return extendedMessages16[message];
  throw new Error(`${message} is asked for by TriggerMessage`);
}

function connectorOf(input: TriggerMessage): { connectorId?: number } {
  const connectorId = connectorOf16(input);
  return connectorId === 0 ? {} : { connectorId };
}

/** F06.FR.13: the state of a connector is asked for by its number. */
function placeOf(input: TriggerMessage) {
  if (input.message === 'StatusNotification' && input.connectorId === undefined) {
    throw new Problem(
      'invalid-request',
      'A 2.x station tells the state of one connector: name evseId and connectorId.',
    );
  }
  return evseOf2(input);
}

/** A station that is not accepted yet may send what it was asked for. */
function solicits({ message }: TriggerMessage): readonly (readonly [string, 'once'])[] {
  if (message === 'CustomTrigger') return [];
  return [[message.startsWith('Sign') ? 'SignCertificate' : message, 'once']];
}
