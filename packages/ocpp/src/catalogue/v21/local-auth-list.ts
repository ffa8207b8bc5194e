import { block } from '../block.ts';
import { extensible, integer, list, oneOf, optional, type Static } from '../schema.ts';
import { StatusInfo } from './data-types/general.ts';
import { IdToken, IdTokenInfo } from './data-types/id-token.ts';

export const AuthorizationData = extensible({
  idToken: IdToken,
  idTokenInfo: optional(IdTokenInfo),
});
export type AuthorizationData = Static<typeof AuthorizationData>;

export const UpdateEnum = oneOf('Differential', 'Full');
export type UpdateEnum = Static<typeof UpdateEnum>;

export const SendLocalListStatusEnum = oneOf('Accepted', 'Failed', 'VersionMismatch');
export type SendLocalListStatusEnum = Static<typeof SendLocalListStatusEnum>;

export const localAuthList = block('2.1', 'D', {
  /** D01, D02. */
  GetLocalListVersion: {
    sentBy: 'CSMS',
    request: extensible({}),
    response: extensible({
      versionNumber: integer(),
    }),
  },
  /** D01, D02. */
  SendLocalList: {
    sentBy: 'CSMS',
    request: extensible({
      localAuthorizationList: optional(list(AuthorizationData, { min: 1 })),
      versionNumber: integer(),
      updateType: UpdateEnum,
    }),
    response: extensible({
      status: SendLocalListStatusEnum,
      statusInfo: optional(StatusInfo),
    }),
  },
});
