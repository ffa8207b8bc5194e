import { hidden } from '@busbar/ocpp';
import { type Static, Type } from 'typebox';
import { type CommandContext, defineCommand, dialect } from '../../command.ts';
import { outcomeOf } from '../../core/command-answer.ts';
import { registeredTokenType } from '../../core/queries.ts';
import { mostRemoteStarts, remoteStartWindowMs } from '../../core/transaction/remote-starts.ts';
import type { StationTwin } from '../../core/twin.ts';
import { Problem } from '../../problem.ts';

const tokenTypes201 = [
  'Central',
  'eMAID',
  'ISO14443',
  'ISO15693',
  'KeyCode',
  'Local',
  'MacAddress',
  'NoAuthorization',
] as const;
/** What 2.1 adds. */
const tokenTypes21 = ['DirectPayment', 'EVCCID', 'VIN'] as const;

const tokenTypes = [...tokenTypes201, ...tokenTypes21] as const;

const RemoteStart = Type.Object(
  {
    idToken: Type.String({
      maxLength: 255,
      description: 'For whom: at most 20 characters in 1.6, 36 in 2.0.1.',
    }),
    idTokenType: Type.Optional(
      Type.Enum([...tokenTypes], {
        type: 'string',
        description:
          'What kind of token it is; without it the one that it is registered with, else `Central`. 1.6 does not tell kinds apart.',
      }),
    ),
    evseId: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 9_999,
        description: 'Where; without it the station chooses. In 1.6 EVSE n is connector n.',
      }),
    ),
  },
  { additionalProperties: false },
);
type RemoteStart = Static<typeof RemoteStart>;
type TokenType201 = (typeof tokenTypes201)[number];

/** F01, F02 and 1.6 section 5.11. */
export const remoteStart = defineCommand({
  name: 'remote-start',
  summary: 'Start a transaction',
  description:
    'The station begins a transaction when a vehicle is connected. The operation then names it, whether it began before the station answered or after.',
  permission: 'transactions:operate',
  input: RemoteStart,
  // B02.FR.05: not before the station is accepted.
  whenPending: false,
  correlated: true,
  whenLost: {
    kind: 'shows-in-facts',
    withinSeconds: remoteStartWindowMs / 1_000,
    otherwise: 'NotDone',
    look: ({ transactionId }) => ({ is: transactionId === undefined ? 'not-yet' : 'done' }),
  },
  complete: async (input, ask) => {
    if (input.idTokenType !== undefined) return input;
    const registered = await ask(registeredTokenType, { idToken: input.idToken });
    const idTokenType = tokenTypes.find((type) => type === registered);
    return idTokenType ? { ...input, idTokenType } : input;
  },
  onIntent: (input, context) => ({ apply: () => expectStart(input, context) }),
  onFailed: (_input, { station, correlationId }) => forgetStart(station, correlationId),
  withoutSecrets: (input) => (input.idTokenType === 'KeyCode' ? { ...input, idToken: hidden } : input),
  dialects: [
    dialect(['1.6'], 'RemoteStartTransaction', {
      toRequest: ({ idToken, evseId }: RemoteStart) => ({
        idTag: atMost(20, idToken, '1.6'),
        ...(evseId !== undefined && { connectorId: evseId }),
      }),
      fromResponse: ({ status }, _input, context) => ({
        accepted: status === 'Accepted',
        status,
        apply: afterwards(status, context),
      }),
    }),
    dialect(['2.0.1'], 'RequestStartTransaction', {
      toRequest: ({ idToken, idTokenType = 'Central', evseId }: RemoteStart, { correlationId }) => ({
        remoteStartId: correlationId,
        idToken: { idToken: atMost(36, idToken, '2.0.1'), type: tokenType201(idTokenType) },
        ...(evseId !== undefined && { evseId }),
      }),
      fromResponse: fromStartAnswer,
    }),
    dialect(['2.1'], 'RequestStartTransaction', {
      toRequest: ({ idToken, idTokenType = 'Central', evseId }: RemoteStart, { correlationId }) => ({
        remoteStartId: correlationId,
        idToken: { idToken, type: idTokenType },
        ...(evseId !== undefined && { evseId }),
      }),
      fromResponse: fromStartAnswer,
    }),
  ],
});

interface StartAnswer {
  readonly status: 'Accepted' | 'Rejected';
  readonly statusInfo?: { readonly reasonCode: string; readonly additionalInfo?: string };
  readonly transactionId?: string;
}

function fromStartAnswer(response: StartAnswer, _input: RemoteStart, context: CommandContext) {
  const { status, transactionId } = response;
  return {
    ...outcomeOf(response),
    // F01.FR.13: the cable was plugged in first, and the transaction runs already.
    ...(transactionId !== undefined && { data: { stationTransactionId: transactionId } }),
    apply: afterwards(status, context),
  };
}

/** 1.6 does not give the id back: the start that is to come is recognised by what is remembered here. */
function expectStart(
  { idToken, evseId }: RemoteStart,
  { station, correlationId, now }: CommandContext,
): void {
  const start = { remoteStartId: correlationId, idToken, evseId, givenAtMs: now.getTime() };
  station.remoteStarts = [...station.remoteStarts, start].slice(-mostRemoteStarts);
}

/** A start that was refused is not waited for. */
function afterwards(status: string, { station, correlationId }: CommandContext): () => void {
  return status === 'Accepted' ? () => {} : () => forgetStart(station, correlationId);
}

function forgetStart(station: StationTwin, correlationId: number): void {
  station.remoteStarts = station.remoteStarts.filter(({ remoteStartId }) => remoteStartId !== correlationId);
}

function atMost(maxLength: number, idToken: string, version: string): string {
  if (idToken.length <= maxLength) return idToken;
  throw new Problem(
    'unsupported-by-version',
    `An id token has at most ${maxLength} characters in OCPP ${version}; this one has ${idToken.length}.`,
  );
}

function tokenType201(type: NonNullable<RemoteStart['idTokenType']>): TokenType201 {
  const known = tokenTypes201.find((candidate) => candidate === type);
  if (known !== undefined) return known;
  throw new Problem('unsupported-by-version', `OCPP 2.0.1 has no id tokens of the type ${type}.`);
}
