import { dateTime, extensible, integer, list, oneOf, optional, type Static, text } from '../../schema.ts';
import { personal, secret } from '../../sensitivity.ts';
import { MessageContent } from './message-content.ts';

export const AdditionalInfo = extensible(
  {
    additionalIdToken: text(255),
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
    idToken: text(255),
    type: text(20),
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
    groupIdToken: optional(IdToken),
    language1: optional(text(8)),
    language2: optional(text(8)),
    evseId: optional(list(integer({ minimum: 0 }), { min: 1 })),
    personalMessage: optional(MessageContent),
  },
  [personal('personalMessage/content')],
);
export type IdTokenInfo = Static<typeof IdTokenInfo>;
