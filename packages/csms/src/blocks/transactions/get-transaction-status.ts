import { type Static, Type } from 'typebox';
import { defineCommand, dialect } from '../../command.ts';
import { findOpenTransaction } from '../../core/transaction/find-open.ts';

const GetTransactionStatus = Type.Object(
  {
    transactionId: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 36,
        description:
          "The station's own id of a transaction, or ours of one that is open. Without it, the station tells of all its transactions.",
      }),
    ),
  },
  { additionalProperties: false },
);
type GetTransactionStatus = Static<typeof GetTransactionStatus>;

/** E14; 1.6 has no such question. */
export const getTransactionStatus = defineCommand({
  name: 'get-transaction-status',
  summary: 'Ask a station whether a transaction goes on',
  description:
    'The result tells whether it is `ongoing`, and whether messages of it wait in the station (`messagesInQueue`).',
  permission: 'transactions:read',
  input: GetTransactionStatus,
  whenLost: { kind: 'changes-nothing' },
  dialects: [
    dialect(['2.0.1', '2.1'], 'GetTransactionStatus', {
      toRequest: ({ transactionId: id }: GetTransactionStatus, { station }) =>
        id === undefined
          ? {}
          : { transactionId: findOpenTransaction(station, id)?.stationTransactionId ?? id },
      fromResponse: ({ ongoingIndicator, messagesInQueue }) => ({
        accepted: true,
        status: 'Accepted',
        data: { messagesInQueue, ...(ongoingIndicator !== undefined && { ongoing: ongoingIndicator }) },
      }),
    }),
  ],
});
