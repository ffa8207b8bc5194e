import { block } from '../block.ts';
import { dateTime, integer, list, object, oneOf, optional, type Static, text } from '../schema.ts';
import { urlCredentials } from '../sensitivity.ts';
import { TriggerMessageStatus } from './data-types/trigger-message-status.ts';

export const CertificateSignedStatus = oneOf('Accepted', 'Rejected');
export type CertificateSignedStatus = Static<typeof CertificateSignedStatus>;

export const HashAlgorithm = oneOf('SHA256', 'SHA384', 'SHA512');
export type HashAlgorithm = Static<typeof HashAlgorithm>;

/** Names a certificate without showing it: by hashes of its issuer and its serial number. */
export const CertificateHashData = object({
  hashAlgorithm: HashAlgorithm,
  /** Of the issuer's name in DER. */
  issuerNameHash: text(128),
  /** Of the issuer's public key, without tag and length. */
  issuerKeyHash: text(128),
  /** Hexadecimal, without `0x` and leading zeros. */
  serialNumber: text(40),
});
export type CertificateHashData = Static<typeof CertificateHashData>;

export const DeleteCertificateStatus = oneOf('Accepted', 'Failed', 'NotFound');
export type DeleteCertificateStatus = Static<typeof DeleteCertificateStatus>;

/** The message that the charge point is to send. */
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

/** Root certificate that vouches for the central system, or for firmware. */
export const CertificateUse = oneOf('CentralSystemRootCertificate', 'ManufacturerRootCertificate');
export type CertificateUse = Static<typeof CertificateUse>;

export const GetInstalledCertificateStatus = oneOf('Accepted', 'NotFound');
export type GetInstalledCertificateStatus = Static<typeof GetInstalledCertificateStatus>;

/** Where to upload, and from when to when. */
export const LogParameters = object(
  {
    remoteLocation: text(512),
    /** From here. */
    oldestTimestamp: optional(dateTime),
    /** To here. */
    latestTimestamp: optional(dateTime),
  },
  [urlCredentials('remoteLocation')],
);
export type LogParameters = Static<typeof LogParameters>;

/** Which log is wanted. */
export const Log = oneOf('DiagnosticsLog', 'SecurityLog');
export type Log = Static<typeof Log>;

/** `AcceptedCanceled`: accepted, and the upload before it was given up. */
export const LogStatus = oneOf('Accepted', 'Rejected', 'AcceptedCanceled');
export type LogStatus = Static<typeof LogStatus>;

export const InstallCertificateStatus = oneOf('Accepted', 'Failed', 'Rejected');
export type InstallCertificateStatus = Static<typeof InstallCertificateStatus>;

/** How far an upload has got. */
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

export const GenericStatus = oneOf('Accepted', 'Rejected');
export type GenericStatus = Static<typeof GenericStatus>;

/** How far a signed update has got. */
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

/** Where firmware is to be had, when, and how to check that it is genuine. */
export const Firmware = object(
  {
    location: text(512),
    retrieveDateTime: dateTime,
    /** Absent means at once. */
    installDateTime: optional(dateTime),
    /** PEM. */
    signingCertificate: text(5500),
    /** Base64. */
    signature: text(800),
  },
  [urlCredentials('location')],
);
export type Firmware = Static<typeof Firmware>;

/** `AcceptedCanceled`: accepted, and the update before it was given up. */
export const UpdateFirmwareStatus = oneOf(
  'Accepted',
  'Rejected',
  'AcceptedCanceled',
  'InvalidCertificate',
  'RevokedCertificate',
);
export type UpdateFirmwareStatus = Static<typeof UpdateFirmwareStatus>;

export const security = block('1.6', 'Security', {
  /** Brings the certificate that was asked for with SignCertificate. Security whitepaper A02, A03. */
  CertificateSigned: {
    sentBy: 'CSMS',
    request: object({
      /** PEM, from the leaf up. */
      certificateChain: text(10000),
    }),
    response: object({ status: CertificateSignedStatus }),
  },
  /** Removes an installed certificate. Security whitepaper M04. */
  DeleteCertificate: {
    sentBy: 'CSMS',
    request: object({ certificateHashData: CertificateHashData }),
    response: object({ status: DeleteCertificateStatus }),
  },
  /** Asks for a message now, those of the security extension included. Security whitepaper A02, L01, N01. */
  ExtendedTriggerMessage: {
    sentBy: 'CSMS',
    request: object({
      requestedMessage: ExtendedMessageTrigger,
      /** Where it matters; absent means all. */
      connectorId: optional(integer()),
    }),
    response: object({ status: TriggerMessageStatus }),
  },
  /** Lists installed certificates. Security whitepaper M03. */
  GetInstalledCertificateIds: {
    sentBy: 'CSMS',
    request: object({
      /** Absent means all kinds. */
      certificateType: CertificateUse,
    }),
    response: object({
      certificateHashData: optional(list(CertificateHashData, { min: 1 })),
      status: GetInstalledCertificateStatus,
    }),
  },
  /** Has a log uploaded. Security whitepaper N01. */
  GetLog: {
    sentBy: 'CSMS',
    request: object({
      log: LogParameters,
      logType: Log,
      requestId: integer(),
      /** Absent leaves it to the charge point. */
      retries: optional(integer()),
      /** Seconds between tries. */
      retryInterval: optional(integer()),
    }),
    response: object({
      status: LogStatus,
      /** Absent where there is nothing to upload. */
      filename: optional(text(255)),
    }),
  },
  /** Installs a root certificate. Security whitepaper M05. */
  InstallCertificate: {
    sentBy: 'CSMS',
    request: object({
      certificateType: CertificateUse,
      /** PEM. */
      certificate: text(5500),
    }),
    response: object({ status: InstallCertificateStatus }),
  },
  /** How far an upload of a log has got. Security whitepaper N01. */
  LogStatusNotification: {
    sentBy: 'CS',
    request: object({
      status: UploadLogStatus,
      /** Absent only where it was triggered with nothing going on. */
      requestId: optional(integer()),
    }),
    response: object({}),
  },
  /** Something happened that matters to security. Security whitepaper A04, A02, A03, L01, M05. */
  SecurityEventNotification: {
    sentBy: 'CS',
    request: object({
      /** One of the standard's security events where one fits. */
      type: text(50),
      timestamp: dateTime,
      techInfo: optional(text(255)),
    }),
    response: object({}),
  },
  /** Asks to have a certificate signed; it comes as CertificateSigned. Security whitepaper A02, A03. */
  SignCertificate: {
    sentBy: 'CS',
    request: object({
      /** PEM (RFC 2986). */
      csr: text(5500),
    }),
    response: object({ status: GenericStatus }),
  },
  /** How far a signed firmware update has got. Security whitepaper L01. */
  SignedFirmwareStatusNotification: {
    sentBy: 'CS',
    request: object({ status: SignedFirmwareStatus, requestId: optional(integer()) }),
    response: object({}),
  },
  /** Has signed firmware installed. Security whitepaper L01. */
  SignedUpdateFirmware: {
    sentBy: 'CSMS',
    request: object({
      /** Absent leaves it to the charge point. */
      retries: optional(integer()),
      /** Seconds between tries. */
      retryInterval: optional(integer()),
      requestId: integer(),
      firmware: Firmware,
    }),
    response: object({ status: UpdateFirmwareStatus }),
  },
});
