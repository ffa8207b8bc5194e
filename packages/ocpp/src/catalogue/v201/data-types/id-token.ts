import { dateTime, extensible, integer, list, oneOf, optional, type Static, text } from '../../schema.ts';
import { personal, secret } from '../../sensitivity.ts';
import { MessageContent } from './message-content.ts';

/**
 * `Central`: made up by the CSMS for a remote start. `Local`: made up by the station. `NoAuthorization`:
 * nobody asked, and the token is empty. `KeyCode`: typed in, and therefore a secret.
 */
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

/** A further identifier of whoever wants to charge; its type is a matter of agreement. */
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

/** Who wants to charge. Compared without regard to case. */
export const IdToken = extensible(
  {
    additionalInfo: optional(list(AdditionalInfo, { min: 1 })),
    /** Empty when the type is `NoAuthorization`. */
    idToken: text(36),
    type: IdTokenEnum,
  },
  [secret('idToken', { field: 'type', matches: /^keycode$/i }), personal('idToken')],
);
export type IdToken = Static<typeof IdToken>;

/**
 * `Unknown`: no such token. `Invalid`: not to be used. `ConcurrentTx`: already charging elsewhere. The three
 * `NotAt...` and `NotAllowed...`: valid, but not here, not now, not at this kind of EVSE.
 */
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

/** What the CSMS knows of a token. Without an expiry the status holds until further notice. */
export const IdTokenInfo = extensible(
  {
    status: AuthorizationStatusEnum,
    /** Until when the station may keep this answer in its cache. */
    cacheExpiryDateTime: optional(dateTime),
    /** From -9 to 9, 0 being normal; higher charges first. */
    chargingPriority: optional(integer()),
    /** RFC 5646 tag of the language to speak to the driver. */
    language1: optional(text(8)),
    /** The only EVSEs that the token is good for; absent means all. */
    evseId: optional(list(integer(), { min: 1 })),
    /** Tokens of one group may stop each other's transactions (C09). */
    groupIdToken: optional(IdToken),
    /** Second choice; not without the first. */
    language2: optional(text(8)),
    personalMessage: optional(MessageContent),
  },
  [personal('personalMessage/content')],
);
export type IdTokenInfo = Static<typeof IdTokenInfo>;
