import { extensible, oneOf, type Static, text } from '../../schema.ts';

export const HashAlgorithmEnum = oneOf('SHA256', 'SHA384', 'SHA512');
export type HashAlgorithmEnum = Static<typeof HashAlgorithmEnum>;

export const OCSPRequestData = extensible({
  hashAlgorithm: HashAlgorithmEnum,
  issuerNameHash: text(128),
  issuerKeyHash: text(128),
  serialNumber: text(40),
  responderURL: text(2000),
});
export type OCSPRequestData = Static<typeof OCSPRequestData>;

export const CertificateHashData = extensible({
  hashAlgorithm: HashAlgorithmEnum,
  issuerNameHash: text(128),
  issuerKeyHash: text(128),
  serialNumber: text(40),
});
export type CertificateHashData = Static<typeof CertificateHashData>;
