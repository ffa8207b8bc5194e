import { block } from '../block.ts';
import { dateTime, integer, list, object, oneOf, optional, type Static, text } from '../schema.ts';
import { urlCredentials } from '../sensitivity.ts';
import { TriggerMessageStatus } from './data-types/trigger-message-status.ts';

export const HashAlgorithm = oneOf('SHA256', 'SHA384', 'SHA512');
export type HashAlgorithm = Static<typeof HashAlgorithm>;

export const CertificateHashData = object({
  hashAlgorithm: HashAlgorithm,
  issuerNameHash: text(128),
  issuerKeyHash: text(128),
  serialNumber: text(40),
});
export type CertificateHashData = Static<typeof CertificateHashData>;

export const DeleteCertificateStatus = oneOf('Accepted', 'Failed', 'NotFound');
export type DeleteCertificateStatus = Static<typeof DeleteCertificateStatus>;

export const ExtendedMessageTrigger = oneOf(
  'BootNotification',
  'LogStatusNotification',
  'FirmwareStatusNotification',
  'Heartbeat',
  'MeterValues',
  'SignChargePointCertificate',
  'StatusNotification',
);
export type ExtendedMessageTrigger = Static<typeof ExtendedMessageTrigger>;

export const CertificateUse = oneOf('CentralSystemRootCertificate', 'ManufacturerRootCertificate');
export type CertificateUse = Static<typeof CertificateUse>;

export const GetInstalledCertificateStatus = oneOf('Accepted', 'NotFound');
export type GetInstalledCertificateStatus = Static<typeof GetInstalledCertificateStatus>;

export const LogParameters = object(
  {
    remoteLocation: text(512),
    oldestTimestamp: optional(dateTime),
    latestTimestamp: optional(dateTime),
  },
  [urlCredentials('remoteLocation')],
);
export type LogParameters = Static<typeof LogParameters>;

export const LogKind = oneOf('DiagnosticsLog', 'SecurityLog');
export type LogKind = Static<typeof LogKind>;

export const LogStatus = oneOf('Accepted', 'Rejected', 'AcceptedCanceled');
export type LogStatus = Static<typeof LogStatus>;

export const InstallCertificateStatus = oneOf('Accepted', 'Failed', 'Rejected');
export type InstallCertificateStatus = Static<typeof InstallCertificateStatus>;

export const UploadLogStatus = oneOf(
  'BadMessage',
  'Idle',
  'NotSupportedOperation',
  'PermissionDenied',
  'Uploaded',
  'UploadFailure',
  'Uploading',
);
export type UploadLogStatus = Static<typeof UploadLogStatus>;

export const SignedFirmwareStatus = oneOf(
  'Downloaded',
  'DownloadFailed',
  'Downloading',
  'DownloadScheduled',
  'DownloadPaused',
  'Idle',
  'InstallationFailed',
  'Installing',
  'Installed',
  'InstallRebooting',
  'InstallScheduled',
  'InstallVerificationFailed',
  'InvalidSignature',
  'SignatureVerified',
);
export type SignedFirmwareStatus = Static<typeof SignedFirmwareStatus>;

export const Firmware = object(
  {
    location: text(512),
    retrieveDateTime: dateTime,
    installDateTime: optional(dateTime),
    signingCertificate: text(5500),
    signature: text(800),
  },
  [urlCredentials('location')],
);
export type Firmware = Static<typeof Firmware>;

export const UpdateFirmwareStatus = oneOf(
  'Accepted',
  'Rejected',
  'AcceptedCanceled',
  'InvalidCertificate',
  'RevokedCertificate',
);
export type UpdateFirmwareStatus = Static<typeof UpdateFirmwareStatus>;

export const security = block('1.6', 'Security', {
  /** Security whitepaper A02, A03. */
  CertificateSigned: {
    sentBy: 'CSMS',
    request: object({
      certificateChain: text(10000),
    }),
    response: object({
      status: oneOf('Accepted', 'Rejected'),
    }),
  },
  /** Security whitepaper M04. */
  DeleteCertificate: {
    sentBy: 'CSMS',
    request: object({
      certificateHashData: CertificateHashData,
    }),
    response: object({
      status: DeleteCertificateStatus,
    }),
  },
  /** Security whitepaper A02, L01, N01. */
  ExtendedTriggerMessage: {
    sentBy: 'CSMS',
    request: object({
      requestedMessage: ExtendedMessageTrigger,
      connectorId: optional(integer()),
    }),
    response: object({
      status: TriggerMessageStatus,
    }),
  },
  /** Security whitepaper M03. */
  GetInstalledCertificateIds: {
    sentBy: 'CSMS',
    request: object({
      certificateType: CertificateUse,
    }),
    response: object({
      certificateHashData: optional(list(CertificateHashData, { min: 1 })),
      status: GetInstalledCertificateStatus,
    }),
  },
  /** Security whitepaper N01. */
  GetLog: {
    sentBy: 'CSMS',
    request: object({
      log: LogParameters,
      logType: LogKind,
      requestId: integer(),
      retries: optional(integer()),
      retryInterval: optional(integer()),
    }),
    response: object({
      status: LogStatus,
      filename: optional(text(255)),
    }),
  },
  /** Security whitepaper M05. */
  InstallCertificate: {
    sentBy: 'CSMS',
    request: object({
      certificateType: CertificateUse,
      certificate: text(5500),
    }),
    response: object({
      status: InstallCertificateStatus,
    }),
  },
  /** Security whitepaper N01. */
  LogStatusNotification: {
    sentBy: 'CS',
    request: object({
      status: UploadLogStatus,
      requestId: optional(integer()),
    }),
    response: object({}),
  },
  /** Security whitepaper A04, A02, A03, L01, M05. */
  SecurityEventNotification: {
    sentBy: 'CS',
    request: object({
      type: text(50),
      timestamp: dateTime,
      techInfo: optional(text(255)),
    }),
    response: object({}),
  },
  /** Security whitepaper A02, A03. */
  SignCertificate: {
    sentBy: 'CS',
    request: object({
      csr: text(5500),
    }),
    response: object({
      status: oneOf('Accepted', 'Rejected'),
    }),
  },
  /** Security whitepaper L01. */
  SignedFirmwareStatusNotification: {
    sentBy: 'CS',
    request: object({
      status: SignedFirmwareStatus,
      requestId: optional(integer()),
    }),
    response: object({}),
  },
  /** Security whitepaper L01. */
  SignedUpdateFirmware: {
    sentBy: 'CSMS',
    request: object({
      retries: optional(integer()),
      retryInterval: optional(integer()),
      requestId: integer(),
      firmware: Firmware,
    }),
    response: object({
      status: UpdateFirmwareStatus,
    }),
  },
});
