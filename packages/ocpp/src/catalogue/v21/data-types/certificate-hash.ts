import { extensible, oneOf, type Static, text } from '../../schema.ts';

export const HashAlgorithmEnum = oneOf('SHA256', 'SHA384', 'SHA512');
export type HashAlgorithmEnum = Static<typeof HashAlgorithmEnum>;

/** What an OCSP responder has to be asked about one certificate (RFC 6960). */
export const OCSPRequestData = extensible({
  hashAlgorithm: HashAlgorithmEnum,
  /** Of the issuer's name in DER. */
  issuerNameHash: text(128),
  /** Of the issuer's public key, without tag and length. */
  issuerKeyHash: text(128),
  /** Hexadecimal, without `0x` and leading zeros. */
  serialNumber: text(40),
  responderURL: text(2000),
});
export type OCSPRequestData = Static<typeof OCSPRequestData>;

/** Names a certificate without showing it: by hashes of its issuer and its serial number. */
export const CertificateHashData = extensible({
  hashAlgorithm: HashAlgorithmEnum,
  /** Of the issuer's name in DER. */
  issuerNameHash: text(128),
  /** Of the issuer's public key, without tag and length. */
  issuerKeyHash: text(128),
  /** Hexadecimal, without `0x` and leading zeros. */
  serialNumber: text(40),
});
export type CertificateHashData = Static<typeof CertificateHashData>;
