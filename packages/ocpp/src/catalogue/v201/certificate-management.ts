import { block } from '../block.ts';
import { extensible, list, oneOf, optional, type Static, text } from '../schema.ts';
import { personal } from '../sensitivity.ts';
import { CertificateHashData, OCSPRequestData } from './data-types/certificate-hash.ts';
import { StatusInfo } from './data-types/general.ts';

export const DeleteCertificateStatusEnum = oneOf('Accepted', 'Failed', 'NotFound');
export type DeleteCertificateStatusEnum = Static<typeof DeleteCertificateStatusEnum>;

export const CertificateActionEnum = oneOf('Install', 'Update');
export type CertificateActionEnum = Static<typeof CertificateActionEnum>;

export const Iso15118EVCertificateStatusEnum = oneOf('Accepted', 'Failed');
export type Iso15118EVCertificateStatusEnum = Static<typeof Iso15118EVCertificateStatusEnum>;

export const GetCertificateStatusEnum = oneOf('Accepted', 'Failed');
export type GetCertificateStatusEnum = Static<typeof GetCertificateStatusEnum>;

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

export const CertificateHashDataChain = extensible({
  certificateHashData: CertificateHashData,
  certificateType: GetCertificateIdUseEnum,
  childCertificateHashData: optional(list(CertificateHashData, { min: 1, max: 4 })),
});
export type CertificateHashDataChain = Static<typeof CertificateHashDataChain>;

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
  /** M04. */
  DeleteCertificate: {
    sentBy: 'CSMS',
    request: extensible({
      certificateHashData: CertificateHashData,
    }),
    response: extensible({
      status: DeleteCertificateStatusEnum,
      statusInfo: optional(StatusInfo),
    }),
  },
  /** M01, M02. */
  Get15118EVCertificate: {
    sentBy: 'CS',
    request: extensible(
      {
        iso15118SchemaVersion: text(50),
        action: CertificateActionEnum,
        exiRequest: text(5600),
      },
      [personal('exiRequest')],
    ),
    response: extensible(
      {
        status: Iso15118EVCertificateStatusEnum,
        statusInfo: optional(StatusInfo),
        exiResponse: text(5600),
      },
      [personal('exiResponse')],
    ),
  },
  /** M06. */
  GetCertificateStatus: {
    sentBy: 'CS',
    request: extensible({
      ocspRequestData: OCSPRequestData,
    }),
    response: extensible({
      status: GetCertificateStatusEnum,
      statusInfo: optional(StatusInfo),
      ocspResult: optional(text(5500)),
    }),
  },
  /** M03, M04. */
  GetInstalledCertificateIds: {
    sentBy: 'CSMS',
    request: extensible({
      certificateType: optional(list(GetCertificateIdUseEnum, { min: 1 })),
    }),
    response: extensible({
      status: GetInstalledCertificateStatusEnum,
      statusInfo: optional(StatusInfo),
      certificateHashDataChain: optional(list(CertificateHashDataChain, { min: 1 })),
    }),
  },
  /** M05. */
  InstallCertificate: {
    sentBy: 'CSMS',
    request: extensible({
      certificateType: InstallCertificateUseEnum,
      certificate: text(5500),
    }),
    response: extensible({
      status: InstallCertificateStatusEnum,
      statusInfo: optional(StatusInfo),
    }),
  },
});
