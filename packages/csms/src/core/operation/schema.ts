import { Type } from 'typebox';
import { anyObject, instant, oneOf } from '../../api/fields.ts';

export const operationStates = ['Sent', 'Accepted', 'Rejected', 'Failed', 'Unknown'] as const;

/** As `OperationView`. */
export const Operation = Type.Object(
  {
    id: Type.String({ description: 'Follow it at /operations/{id}' }),
    stationId: Type.String(),
    command: Type.String({ examples: ['remote-start'] }),
    state: oneOf(operationStates, {
      description:
        'Sent: the answer is awaited. Unknown: no answer came; a late one, what the station does, or a question to it settles the operation, which is not sent again. Accepted, Rejected: what the station answered, or what it was found to have done. Failed: it did not take effect, or nobody can tell; see `problem`. The last three are final',
    }),
    input: anyObject('What was asked for, without secrets'),
    correlationId: Type.Optional(
      Type.Integer({ description: 'The id that the station gives back: remoteStartId, requestId' }),
    ),
    result: Type.Optional(
      Type.Object(
        {
          status: Type.String({ description: "In the station's own word" }),
          reason: Type.Optional(Type.String()),
          data: Type.Optional(anyObject('What else the answer says')),
        },
        { description: "The station's answer" },
      ),
    ),
    problem: Type.Optional(
      Type.Object(
        {
          code: Type.String({
            description: 'One of docs/reference/operations.md, or the error code that the station answered',
            examples: ['NotConfirmed'],
          }),
          detail: Type.String(),
        },
        { description: 'Why it failed, or why its outcome is not known' },
      ),
    ),
    transactionId: Type.Optional(Type.String({ description: 'The transaction that a remote start led to' })),
    givenBy: Type.String({ description: 'Who gave the command' }),
    createdAt: instant('When it was given'),
    settledAt: Type.Optional(instant('When its outcome was known')),
  },
  { $id: 'Operation' },
);
