import { block } from '../block.ts';
import { extensible, integer, list, oneOf, optional, type Static } from '../schema.ts';
import { StatusInfo } from './data-types/general.ts';
import { IdToken, IdTokenInfo } from './data-types/id-token.ts';

/** An entry of the list. In a differential update one without information is to be removed. */
export const AuthorizationData = extensible({ idToken: IdToken, idTokenInfo: optional(IdTokenInfo) });
export type AuthorizationData = Static<typeof AuthorizationData>;

/** `Full` replaces the list, `Differential` changes entries in it. */
export const UpdateEnum = oneOf('Differential', 'Full');
export type UpdateEnum = Static<typeof UpdateEnum>;

/** `VersionMismatch`: the version of a differential update is not newer than the list. */
export const SendLocalListStatusEnum = oneOf('Accepted', 'Failed', 'VersionMismatch');
export type SendLocalListStatusEnum = Static<typeof SendLocalListStatusEnum>;

export const localAuthList = block('2.0.1', 'D', {
  /** Which version of the local list is there? D01, D02. */
  GetLocalListVersion: {
    sentBy: 'CSMS',
    request: extensible({}),
    response: extensible({
      /** 0: there is no list. */
      versionNumber: integer(),
    }),
  },
  /** Brings the local authorization list, or changes to it. D01, D02. */
  SendLocalList: {
    sentBy: 'CSMS',
    request: extensible({
      /** Absent with a full update: the list becomes empty. */
      localAuthorizationList: optional(list(AuthorizationData, { min: 1 })),
      /** Of the list once this is applied. */
      versionNumber: integer(),
      updateType: UpdateEnum,
    }),
    response: extensible({ status: SendLocalListStatusEnum, statusInfo: optional(StatusInfo) }),
  },
});
