import { dateTime, object, oneOf, optional, type Static, text } from '../../schema.ts';
import { personal } from '../../sensitivity.ts';

export const AuthorizationStatus = oneOf('Accepted', 'Blocked', 'Expired', 'Invalid', 'ConcurrentTx');
export type AuthorizationStatus = Static<typeof AuthorizationStatus>;

export const IdTagInfo = object(
  {
    expiryDate: optional(dateTime),
    parentIdTag: optional(text(20)),
    status: AuthorizationStatus,
  },
  [personal('parentIdTag')],
);
export type IdTagInfo = Static<typeof IdTagInfo>;
