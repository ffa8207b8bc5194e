import { block } from '../block.ts';
import { dateTime, extensible, integer, oneOf, optional, type Static, text } from '../schema.ts';
import { CertificateHashData } from './data-types/certificate-hash.ts';
import { GenericStatusEnum, StatusInfo } from './data-types/general.ts';

export const CertificateSigningUseEnum = oneOf(
  'ChargingStationCertificate',
  'V2GCertificate',
  'V2G20Certificate',
);
export type CertificateSigningUseEnum = Static<typeof CertificateSigningUseEnum>;

export const CertificateSignedStatusEnum = oneOf('Accepted', 'Rejected');
export type CertificateSignedStatusEnum = Static<typeof CertificateSignedStatusEnum>;

export const security = block('2.1', 'A', {
  /** A02, A03. */
  CertificateSigned: {
    sentBy: 'CSMS',
    request: extensible({
      certificateChain: text(10000),
      certificateType: optional(CertificateSigningUseEnum),
      requestId: optional(integer()),
    }),
    response: extensible({
      status: CertificateSignedStatusEnum,
      statusInfo: optional(StatusInfo),
    }),
  },
  /** A04. */
  SecurityEventNotification: {
    sentBy: 'CS',
    request: extensible({
      type: text(50),
      timestamp: dateTime,
      techInfo: optional(text(255)),
    }),
    response: extensible({}),
  },
  /** A02, A03. */
  SignCertificate: {
    sentBy: 'CS',
    request: extensible({
      csr: text(5500),
      certificateType: optional(CertificateSigningUseEnum),
      hashRootCertificate: optional(CertificateHashData),
      requestId: optional(integer()),
    }),
    response: extensible({
      status: GenericStatusEnum,
      statusInfo: optional(StatusInfo),
    }),
  },
});
