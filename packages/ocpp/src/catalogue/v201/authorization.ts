import { block } from '../block.ts';
import { extensible, list, oneOf, optional, type Static, text } from '../schema.ts';
import { personal } from '../sensitivity.ts';
import { OCSPRequestData } from './data-types/certificate-hash.ts';
import { StatusInfo } from './data-types/general.ts';
import { IdToken, IdTokenInfo } from './data-types/id-token.ts';

/** What became of the contract certificate's validation. */
export const AuthorizeCertificateStatusEnum = oneOf(
  'Accepted',
  'SignatureError',
  'CertificateExpired',
  'CertificateRevoked',
  'NoCertificateAvailable',
  'CertChainError',
  'ContractCancelled',
);
export type AuthorizeCertificateStatusEnum = Static<typeof AuthorizeCertificateStatusEnum>;

export const ClearCacheStatusEnum = oneOf('Accepted', 'Rejected');
export type ClearCacheStatusEnum = Static<typeof ClearCacheStatusEnum>;

export const authorization = block('2.0.1', 'C', {
  /** May this token charge here? C01, C02, C03, C04, C05, C06, C07, C08, C09, C10, C12, C14, C16. */
  Authorize: {
    sentBy: 'CS',
    request: extensible(
      {
        idToken: IdToken,
        /** PEM contract chain, from the leaf up, where the station leaves validation to the CSMS (C07). */
        certificate: optional(text(5500)),
        /** The contract chain, for an OCSP check (C07). */
        iso15118CertificateHashData: optional(list(OCSPRequestData, { min: 1, max: 4 })),
      },
      [personal('certificate'), personal('iso15118CertificateHashData/*/serialNumber')],
    ),
    response: extensible({
      idTokenInfo: IdTokenInfo,
      certificateStatus: optional(AuthorizeCertificateStatusEnum),
    }),
  },
  /** Empties the authorization cache. C11. */
  ClearCache: {
    sentBy: 'CSMS',
    request: extensible({}),
    response: extensible({ status: ClearCacheStatusEnum, statusInfo: optional(StatusInfo) }),
  },
});
