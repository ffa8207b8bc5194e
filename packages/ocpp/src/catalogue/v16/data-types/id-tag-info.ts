import { dateTime, object, oneOf, optional, type Static, text } from '../../schema.ts';
import { personal } from '../../sensitivity.ts';

/** `Invalid`: unknown. `ConcurrentTx`: already in another transaction, given only on StartTransaction. */
export const AuthorizationStatus = oneOf('Accepted', 'Blocked', 'Expired', 'Invalid', 'ConcurrentTx');
export type AuthorizationStatus = Static<typeof AuthorizationStatus>;

/** What the central system knows of an idTag. Without an expiry the status holds until further notice. */
export const IdTagInfo = object(
  {
    /** After this the idTag is to be taken out of the cache. */
    expiryDate: optional(dateTime),
    /** Group of the idTag: members may stop each other's transactions. */
    parentIdTag: optional(text(20)),
    status: AuthorizationStatus,
  },
  [personal('parentIdTag')],
);
export type IdTagInfo = Static<typeof IdTagInfo>;
