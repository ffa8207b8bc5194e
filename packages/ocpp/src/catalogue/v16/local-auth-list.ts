import { block } from '../block.ts';
import { integer, list, object, oneOf, optional, type Static, text } from '../schema.ts';
import { personal } from '../sensitivity.ts';
import { IdTagInfo } from './data-types/id-tag-info.ts';

/** An entry of the list. In a differential update one without information is to be removed. */
export const AuthorizationData = object({ idTag: text(20), idTagInfo: optional(IdTagInfo) }, [
  personal('idTag'),
]);
export type AuthorizationData = Static<typeof AuthorizationData>;

/** `Full` replaces the list, `Differential` changes entries in it. */
export const UpdateType = oneOf('Differential', 'Full');
export type UpdateType = Static<typeof UpdateType>;

/** `VersionMismatch`: the version of a differential update is not newer than the list. */
export const UpdateStatus = oneOf('Accepted', 'Failed', 'NotSupported', 'VersionMismatch');
export type UpdateStatus = Static<typeof UpdateStatus>;

export const localAuthList = block('1.6', 'LocalAuthListManagement', {
  /** Which version of the local list is there? Section 5.10. */
  GetLocalListVersion: {
    sentBy: 'CSMS',
    request: object({}),
    response: object({
      /** 0: the list is empty. -1: there is no such list. */
      listVersion: integer(),
    }),
  },
  /** Brings the local authorization list, or changes to it. Section 5.15. */
  SendLocalList: {
    sentBy: 'CSMS',
    request: object({
      /** Of the list once this is applied. */
      listVersion: integer(),
      /** Absent with a full update: the list becomes empty. */
      localAuthorizationList: optional(list(AuthorizationData)),
      updateType: UpdateType,
    }),
    response: object({ status: UpdateStatus }),
  },
});
