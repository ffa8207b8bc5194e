import { dateTime, extensible, integer, list, oneOf, optional, type Static, text } from '../../schema.ts';
import { personal, secret } from '../../sensitivity.ts';
import { MessageContent } from './message-content.ts';

export const IdTokenEnum = oneOf(
  'Central',
  'eMAID',
  'ISO14443',
  'ISO15693',
  'KeyCode',
  'Local',
  'MacAddress',
  'NoAuthorization',
);
export type IdTokenEnum = Static<typeof IdTokenEnum>;

export const AdditionalInfo = extensible(
  {
    additionalIdToken: text(36),
    type: text(50),
  },
  [
    secret('additionalIdToken', { field: 'type', matches: /^(pin|pin.?code|cvc|password)$/i }),
    personal('additionalIdToken'),
  ],
);
export type AdditionalInfo = Static<typeof AdditionalInfo>;

export const IdToken = extensible(
  {
    additionalInfo: optional(list(AdditionalInfo, { min: 1 })),
    idToken: text(36),
    type: IdTokenEnum,
  },
  [secret('idToken', { field: 'type', matches: /^keycode$/i }), personal('idToken')],
);
export type IdToken = Static<typeof IdToken>;

export const AuthorizationStatusEnum = oneOf(
  'Accepted',
  'Blocked',
  'ConcurrentTx',
  'Expired',
  'Invalid',
  'NoCredit',
  'NotAllowedTypeEVSE',
  'NotAtThisLocation',
  'NotAtThisTime',
  'Unknown',
);
export type AuthorizationStatusEnum = Static<typeof AuthorizationStatusEnum>;

export const IdTokenInfo = extensible(
  {
    status: AuthorizationStatusEnum,
    cacheExpiryDateTime: optional(dateTime),
    chargingPriority: optional(integer()),
    language1: optional(text(8)),
    evseId: optional(list(integer(), { min: 1 })),
    groupIdToken: optional(IdToken),
    language2: optional(text(8)),
    personalMessage: optional(MessageContent),
  },
  [personal('personalMessage/content')],
);
export type IdTokenInfo = Static<typeof IdTokenInfo>;
