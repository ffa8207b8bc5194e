import { block } from '../block.ts';
import { dateTime, extensible, integer, list, oneOf, optional, type Static, text } from '../schema.ts';
import { urlCredentials } from '../sensitivity.ts';
import { GenericStatusEnum, StatusInfo } from './data-types/general.ts';

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

export const Firmware = extensible(
  {
    location: text(512),
    retrieveDateTime: dateTime,
    installDateTime: optional(dateTime),
    signingCertificate: optional(text(5500)),
    signature: optional(text(800)),
  },
  [urlCredentials('location')],
);
export type Firmware = Static<typeof Firmware>;

export const UpdateFirmwareStatusEnum = oneOf(
  'Accepted',
  'Rejected',
  'AcceptedCanceled',
  'InvalidCertificate',
  'RevokedCertificate',
);
export type UpdateFirmwareStatusEnum = Static<typeof UpdateFirmwareStatusEnum>;

export const firmwareManagement = block('2.0.1', 'L', {
  /** L01, L02. */
  FirmwareStatusNotification: {
    sentBy: 'CS',
    request: extensible({
      status: FirmwareStatusEnum,
      requestId: optional(integer()),
    }),
    response: extensible({}),
  },
  /** L03. */
  PublishFirmware: {
    sentBy: 'CSMS',
    request: extensible(
      {
        location: text(512),
        retries: optional(integer()),
        checksum: text(32),
        requestId: integer(),
        retryInterval: optional(integer()),
      },
      [urlCredentials('location')],
    ),
    response: extensible({
      status: GenericStatusEnum,
      statusInfo: optional(StatusInfo),
    }),
  },
  /** L03. */
  PublishFirmwareStatusNotification: {
    sentBy: 'CS',
    request: extensible(
      {
        status: PublishFirmwareStatusEnum,
        location: optional(list(text(512), { min: 1 })),
        requestId: optional(integer()),
      },
      [urlCredentials('location/*')],
    ),
    response: extensible({}),
  },
  /** L04. */
  UnpublishFirmware: {
    sentBy: 'CSMS',
    request: extensible({
      checksum: text(32),
    }),
    response: extensible({
      status: UnpublishFirmwareStatusEnum,
    }),
  },
  /** L01, L02, L03. */
  UpdateFirmware: {
    sentBy: 'CSMS',
    request: extensible({
      retries: optional(integer()),
      retryInterval: optional(integer()),
      requestId: integer(),
      firmware: Firmware,
    }),
    response: extensible({
      status: UpdateFirmwareStatusEnum,
      statusInfo: optional(StatusInfo),
    }),
  },
});
