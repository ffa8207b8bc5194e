import { block } from '../block.ts';
import { dateTime, extensible, integer, list, oneOf, optional, type Static, text } from '../schema.ts';
import { urlCredentials } from '../sensitivity.ts';
import { GenericStatusEnum, StatusInfo } from './data-types/general.ts';

/** How far an update has got. */
export const FirmwareStatusEnum = oneOf(
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
export type FirmwareStatusEnum = Static<typeof FirmwareStatusEnum>;

/** How far a Local Controller has got with publishing. */
export const PublishFirmwareStatusEnum = oneOf(
  'Idle',
  'DownloadScheduled',
  'Downloading',
  'Downloaded',
  'Published',
  'DownloadFailed',
  'DownloadPaused',
  'InvalidChecksum',
  'ChecksumVerified',
  'PublishFailed',
);
export type PublishFirmwareStatusEnum = Static<typeof PublishFirmwareStatusEnum>;

export const UnpublishFirmwareStatusEnum = oneOf('DownloadOngoing', 'NoFirmware', 'Unpublished');
export type UnpublishFirmwareStatusEnum = Static<typeof UnpublishFirmwareStatusEnum>;

/** Where firmware is to be had, when, and how to check that it is genuine. */
export const Firmware = extensible(
  {
    location: text(2000),
    retrieveDateTime: dateTime,
    /** Absent means at once. */
    installDateTime: optional(dateTime),
    /** PEM. */
    signingCertificate: optional(text(5500)),
    /** Base64. */
    signature: optional(text(800)),
  },
  [urlCredentials('location')],
);
export type Firmware = Static<typeof Firmware>;

/** `AcceptedCanceled`: accepted, and the update before it was given up. */
export const UpdateFirmwareStatusEnum = oneOf(
  'Accepted',
  'Rejected',
  'AcceptedCanceled',
  'InvalidCertificate',
  'RevokedCertificate',
);
export type UpdateFirmwareStatusEnum = Static<typeof UpdateFirmwareStatusEnum>;

export const firmwareManagement = block('2.1', 'L', {
  /** How far a firmware update has got. L01, L02. */
  FirmwareStatusNotification: {
    sentBy: 'CS',
    request: extensible({
      status: FirmwareStatusEnum,
      /** Given by whoever asked, returned with what follows. */
      requestId: optional(integer()),
      statusInfo: optional(StatusInfo),
    }),
    response: extensible({}),
  },
  /** A Local Controller is to offer firmware to its stations. L03. */
  PublishFirmware: {
    sentBy: 'CSMS',
    request: extensible(
      {
        location: text(2000),
        /** 0 means one try; absent leaves it to the station. */
        retries: optional(integer({ minimum: 0 })),
        /** MD5 of the file, 32 hex digits. */
        checksum: text(32),
        /** Given by whoever asked, returned with what follows. */
        requestId: integer({ minimum: 0 }),
        /** Seconds between tries. */
        retryInterval: optional(integer({ minimum: 0 })),
      },
      [urlCredentials('location')],
    ),
    response: extensible({ status: GenericStatusEnum, statusInfo: optional(StatusInfo) }),
  },
  /** How far publishing has got. L03. */
  PublishFirmwareStatusNotification: {
    sentBy: 'CS',
    request: extensible(
      {
        status: PublishFirmwareStatusEnum,
        /** Where it can be had; required once published. */
        location: optional(list(text(2000), { min: 1 })),
        /** Given by whoever asked, returned with what follows. */
        requestId: optional(integer({ minimum: 0 })),
        statusInfo: optional(StatusInfo),
      },
      [urlCredentials('location/*')],
    ),
    response: extensible({}),
  },
  /** A Local Controller is to stop offering firmware. L04. */
  UnpublishFirmware: {
    sentBy: 'CSMS',
    request: extensible({
      /** MD5 of the file, 32 hex digits. */
      checksum: text(32),
    }),
    response: extensible({ status: UnpublishFirmwareStatusEnum }),
  },
  /** Has firmware installed. L01, L02, L03. */
  UpdateFirmware: {
    sentBy: 'CSMS',
    request: extensible({
      /** 0 means one try; absent leaves it to the station. */
      retries: optional(integer({ minimum: 0 })),
      /** Seconds between tries. */
      retryInterval: optional(integer()),
      /** Given by whoever asked, returned with what follows. */
      requestId: integer(),
      firmware: Firmware,
    }),
    response: extensible({ status: UpdateFirmwareStatusEnum, statusInfo: optional(StatusInfo) }),
  },
});
