import { block } from '../block.ts';
import { dateTime, integer, object, oneOf, optional, type Static, text, uri } from '../schema.ts';
import { urlCredentials } from '../sensitivity.ts';

export const DiagnosticsStatus = oneOf('Idle', 'Uploaded', 'UploadFailed', 'Uploading');
export type DiagnosticsStatus = Static<typeof DiagnosticsStatus>;

export const FirmwareStatus = oneOf(
  'Downloaded',
  'DownloadFailed',
  'Downloading',
  'Idle',
  'InstallationFailed',
  'Installing',
  'Installed',
);
export type FirmwareStatus = Static<typeof FirmwareStatus>;

export const firmwareManagement = block('1.6', 'FirmwareManagement', {
  /** Section 4.4. */
  DiagnosticsStatusNotification: {
    sentBy: 'CS',
    request: object({
      status: DiagnosticsStatus,
    }),
    response: object({}),
  },
  /** Section 4.5. */
  FirmwareStatusNotification: {
    sentBy: 'CS',
    request: object({
      status: FirmwareStatus,
    }),
    response: object({}),
  },
  /** Section 5.9. */
  GetDiagnostics: {
    sentBy: 'CSMS',
    request: object(
      {
        location: uri,
        retries: optional(integer()),
        retryInterval: optional(integer()),
        startTime: optional(dateTime),
        stopTime: optional(dateTime),
      },
      [urlCredentials('location')],
    ),
    response: object({
      fileName: optional(text(255)),
    }),
  },
  /** Section 5.19. */
  UpdateFirmware: {
    sentBy: 'CSMS',
    request: object(
      {
        location: uri,
        retries: optional(integer()),
        retrieveDate: dateTime,
        retryInterval: optional(integer()),
      },
      [urlCredentials('location')],
    ),
    response: object({}),
  },
});
