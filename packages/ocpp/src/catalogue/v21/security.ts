import { block } from '../block.ts';
import { dateTime, extensible, integer, oneOf, optional, type Static, text } from '../schema.ts';
import { CertificateHashData } from './data-types/certificate-hash.ts';
import { GenericStatusEnum, StatusInfo } from './data-types/general.ts';

/** `ChargingStationCertificate` is shown to the CSMS, `V2GCertificate` to the EV. */
export const CertificateSigningUseEnum = oneOf(
  'ChargingStationCertificate',
  'V2GCertificate',
  'V2G20Certificate',
);
export type CertificateSigningUseEnum = Static<typeof CertificateSigningUseEnum>;

export const CertificateSignedStatusEnum = oneOf('Accepted', 'Rejected');
export type CertificateSignedStatusEnum = Static<typeof CertificateSignedStatusEnum>;

export const security = block('2.1', 'A', {
  /** Brings the certificate that was asked for with SignCertificate. A02, A03. */
  CertificateSigned: {
    sentBy: 'CSMS',
    request: extensible({
      /** PEM, from the leaf up, without the root. */
      certificateChain: text(10000),
      /** Absent means both uses. */
      certificateType: optional(CertificateSigningUseEnum),
      /** Given by whoever asked, returned with what follows. */
      requestId: optional(integer()),
    }),
    response: extensible({ status: CertificateSignedStatusEnum, statusInfo: optional(StatusInfo) }),
  },
  /** Something happened that matters to security. A04. */
  SecurityEventNotification: {
    sentBy: 'CS',
    request: extensible({
      /** One of the standard's security events where one fits. */
      type: text(50),
      timestamp: dateTime,
      techInfo: optional(text(255)),
    }),
    response: extensible({}),
  },
  /** Asks to have a certificate signed; it comes as CertificateSigned. A02, A03. */
  SignCertificate: {
    sentBy: 'CS',
    request: extensible({
      /** PEM (RFC 2986). */
      csr: text(5500),
      /** Absent means both uses. */
      certificateType: optional(CertificateSigningUseEnum),
      hashRootCertificate: optional(CertificateHashData),
      /** Given by whoever asked, returned with what follows. */
      requestId: optional(integer()),
    }),
    response: extensible({ status: GenericStatusEnum, statusInfo: optional(StatusInfo) }),
  },
});
