import { block } from '../block.ts';
import { extensible, list, oneOf, optional, type Static, text } from '../schema.ts';
import { personal } from '../sensitivity.ts';
import { CertificateHashData, OCSPRequestData } from './data-types/certificate-hash.ts';
import { StatusInfo } from './data-types/general.ts';

export const DeleteCertificateStatusEnum = oneOf('Accepted', 'Failed', 'NotFound');
export type DeleteCertificateStatusEnum = Static<typeof DeleteCertificateStatusEnum>;

/** A contract certificate for the first time, or a newer one. */
export const CertificateActionEnum = oneOf('Install', 'Update');
export type CertificateActionEnum = Static<typeof CertificateActionEnum>;

export const Iso15118EVCertificateStatusEnum = oneOf('Accepted', 'Failed');
export type Iso15118EVCertificateStatusEnum = Static<typeof Iso15118EVCertificateStatusEnum>;

export const GetCertificateStatusEnum = oneOf('Accepted', 'Failed');
export type GetCertificateStatusEnum = Static<typeof GetCertificateStatusEnum>;

/** What an installed certificate vouches for. */
export const GetCertificateIdUseEnum = oneOf(
  'V2GRootCertificate',
  'MORootCertificate',
  'CSMSRootCertificate',
  'V2GCertificateChain',
  'ManufacturerRootCertificate',
);
export type GetCertificateIdUseEnum = Static<typeof GetCertificateIdUseEnum>;

export const GetInstalledCertificateStatusEnum = oneOf('Accepted', 'NotFound');
export type GetInstalledCertificateStatusEnum = Static<typeof GetInstalledCertificateStatusEnum>;

/** A certificate and those below it in its chain. */
export const CertificateHashDataChain = extensible({
  certificateHashData: CertificateHashData,
  certificateType: GetCertificateIdUseEnum,
  childCertificateHashData: optional(list(CertificateHashData, { min: 1, max: 4 })),
});
export type CertificateHashDataChain = Static<typeof CertificateHashDataChain>;

/** What the certificate is to vouch for. */
export const InstallCertificateUseEnum = oneOf(
  'V2GRootCertificate',
  'MORootCertificate',
  'CSMSRootCertificate',
  'ManufacturerRootCertificate',
);
export type InstallCertificateUseEnum = Static<typeof InstallCertificateUseEnum>;

export const InstallCertificateStatusEnum = oneOf('Accepted', 'Rejected', 'Failed');
export type InstallCertificateStatusEnum = Static<typeof InstallCertificateStatusEnum>;

export const certificateManagement = block('2.0.1', 'M', {
  /** Removes an installed certificate. M04. */
  DeleteCertificate: {
    sentBy: 'CSMS',
    request: extensible({ certificateHashData: CertificateHashData }),
    response: extensible({ status: DeleteCertificateStatusEnum, statusInfo: optional(StatusInfo) }),
  },
  /** The EV wants a contract certificate. M01, M02. */
  Get15118EVCertificate: {
    sentBy: 'CS',
    request: extensible(
      {
        iso15118SchemaVersion: text(50),
        action: CertificateActionEnum,
        /** Base64 of the EV's request, passed on unread. */
        exiRequest: text(5600),
      },
      [personal('exiRequest')],
    ),
    response: extensible(
      {
        status: Iso15118EVCertificateStatusEnum,
        statusInfo: optional(StatusInfo),
        /** Base64 of the answer, passed on unread. */
        exiResponse: text(5600),
      },
      [personal('exiResponse')],
    ),
  },
  /** Asks for the OCSP status of a certificate. M06. */
  GetCertificateStatus: {
    sentBy: 'CS',
    request: extensible({ ocspRequestData: OCSPRequestData }),
    response: extensible({
      status: GetCertificateStatusEnum,
      statusInfo: optional(StatusInfo),
      /** Base64 of the DER OCSP response (RFC 6960). */
      ocspResult: optional(text(5500)),
    }),
  },
  /** Lists installed certificates. M03, M04. */
  GetInstalledCertificateIds: {
    sentBy: 'CSMS',
    request: extensible({
      /** Absent means all kinds. */
      certificateType: optional(list(GetCertificateIdUseEnum, { min: 1 })),
    }),
    response: extensible({
      status: GetInstalledCertificateStatusEnum,
      statusInfo: optional(StatusInfo),
      certificateHashDataChain: optional(list(CertificateHashDataChain, { min: 1 })),
    }),
  },
  /** Installs a root certificate. M05. */
  InstallCertificate: {
    sentBy: 'CSMS',
    request: extensible({
      certificateType: InstallCertificateUseEnum,
      /** PEM. */
      certificate: text(5500),
    }),
    response: extensible({ status: InstallCertificateStatusEnum, statusInfo: optional(StatusInfo) }),
  },
});
