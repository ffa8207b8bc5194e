import { block } from '../block.ts';
import { integer, list, object, oneOf, optional, type Static, text } from '../schema.ts';
import { personal } from '../sensitivity.ts';
import { IdTagInfo } from './data-types/id-tag-info.ts';

export const AuthorizationData = object(
  {
    idTag: text(20),
    idTagInfo: optional(IdTagInfo),
  },
  [personal('idTag')],
);
export type AuthorizationData = Static<typeof AuthorizationData>;

export const UpdateType = oneOf('Differential', 'Full');
export type UpdateType = Static<typeof UpdateType>;

export const UpdateStatus = oneOf('Accepted', 'Failed', 'NotSupported', 'VersionMismatch');
export type UpdateStatus = Static<typeof UpdateStatus>;

export const localAuthList = block('1.6', 'LocalAuthListManagement', {
  /** Section 5.10. */
  GetLocalListVersion: {
    sentBy: 'CSMS',
    request: object({}),
    response: object({
      listVersion: integer(),
    }),
  },
  /** Section 5.15. */
  SendLocalList: {
    sentBy: 'CSMS',
    request: object({
      listVersion: integer(),
      localAuthorizationList: optional(list(AuthorizationData)),
      updateType: UpdateType,
    }),
    response: object({
      status: UpdateStatus,
    }),
  },
});
