import { type Static, Type } from 'typebox';
import { receive } from '../../block.ts';
import { defineCommand, dialect } from '../../command.ts';
import { outcomeOf } from '../../core/command-answer.ts';
import { Problem } from '../../problem.ts';

/** P02.FR.06: no vendor's messages are understood here, and the station is told so. */
export const receiveDataTransfer = receive(['1.6', '2.0.1', '2.1'], 'DataTransfer', {
  decide: () => ({ answer: { status: 'UnknownVendorId' as const }, writes: [], events: [] }),
});

const DataTransfer = Type.Object(
  {
    vendorId: Type.String({ maxLength: 255, description: 'Whose message it is, as a reversed domain name.' }),
    messageId: Type.Optional(
      Type.String({ maxLength: 50, description: "The vendor's name of the message." }),
    ),
    data: Type.Optional(
      Type.Unknown({ description: 'What is sent, as agreed with the vendor. For 1.6 a string.' }),
    ),
  },
  { additionalProperties: false },
);
type DataTransfer = Static<typeof DataTransfer>;

/** P01 and 1.6 section 5.6. */
export const dataTransfer = defineCommand({
  name: 'data-transfer',
  summary: 'Send vendor data to a station',
  description:
    "The station's own data comes back in the result. What it means is between you and the vendor.",
  permission: 'data-transfer:operate',
  input: DataTransfer,
  // What it does is between vendor and operator.
  whenLost: { kind: 'cannot-be-known' },
  dialects: [
    dialect(['1.6'], 'DataTransfer', {
      toRequest({ data, ...input }: DataTransfer) {
        if (data === undefined) return input;
        if (typeof data === 'string') return { ...input, data };
        throw new Problem(
          'unsupported-by-version',
          'OCPP 1.6 carries vendor data as a string: send `data` as one.',
        );
      },
      fromResponse: ({ status, data }) => ({
        accepted: status === 'Accepted',
        status,
        ...(data !== undefined && { data: { data } }),
      }),
    }),
    dialect(['2.0.1', '2.1'], 'DataTransfer', {
      toRequest: (input: DataTransfer) => input,
      fromResponse: (response) => ({
        ...outcomeOf(response),
        ...(response.data !== undefined && { data: { data: response.data } }),
      }),
    }),
  ],
});
