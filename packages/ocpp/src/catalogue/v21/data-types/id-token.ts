import { dateTime, extensible, integer, list, oneOf, optional, type Static, text } from '../../schema.ts';
import { personal, secret } from '../../sensitivity.ts';
import { MessageContent } from './message-content.ts';

/** A further identifier of whoever wants to charge; its type is a matter of agreement. */
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

/** Who wants to charge. Compared without regard to case. */
export const IdToken = extensible(
  {
    additionalInfo: optional(list(AdditionalInfo, { min: 1 })),
    /** Empty when the type is `NoAuthorization`. */
    idToken: text(255),
    /**
     * `Central`, `DirectPayment`, `eMAID`, `EVCCID`, `ISO14443`, `ISO15693`, `KeyCode`, `Local`, `MacAddress`,
     * `NoAuthorization`, `VIN`, or one of an agreement.
     */
    type: text(20),
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
    /** Tokens of one group may stop each other's transactions (C09). */
    groupIdToken: optional(IdToken),
    /** RFC 5646 tag of the language to speak to the driver. */
    language1: optional(text(8)),
    /** Second choice; not without the first. */
    language2: optional(text(8)),
    /** The only EVSEs that the token is good for; absent means all. */
    evseId: optional(list(integer({ minimum: 0 }), { min: 1 })),
    personalMessage: optional(MessageContent),
  },
  [personal('personalMessage/content')],
);
export type IdTokenInfo = Static<typeof IdTokenInfo>;
