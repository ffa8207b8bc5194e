import { block } from '../block.ts';
import { dateTime, integer, object, oneOf, optional, type Static, text, uri } from '../schema.ts';
import { urlCredentials } from '../sensitivity.ts';

export const DiagnosticsStatus = oneOf('Idle', 'Uploaded', 'UploadFailed', 'Uploading');
export type DiagnosticsStatus = Static<typeof DiagnosticsStatus>;

/** How far an update has got. */
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
  /** How far an upload of diagnostics has got. Section 4.4. */
  DiagnosticsStatusNotification: {
    sentBy: 'CS',
    request: object({ status: DiagnosticsStatus }),
    response: object({}),
  },
  /** How far a firmware update has got. Section 4.5. */
  FirmwareStatusNotification: {
    sentBy: 'CS',
    request: object({ status: FirmwareStatus }),
    response: object({}),
  },
  /** Has diagnostics uploaded. Section 5.9. */
  GetDiagnostics: {
    sentBy: 'CSMS',
    request: object(
      {
        location: uri,
        /** Absent leaves it to the charge point. */
        retries: optional(integer()),
        /** Seconds between tries. */
        retryInterval: optional(integer()),
        startTime: optional(dateTime),
        stopTime: optional(dateTime),
      },
      [urlCredentials('location')],
    ),
    response: object({
      /** Absent where there is nothing to upload. */
      fileName: optional(text(255)),
    }),
  },
  /** Has firmware installed. Section 5.19. */
  UpdateFirmware: {
    sentBy: 'CSMS',
    request: object(
      {
        location: uri,
        /** Absent leaves it to the charge point. */
        retries: optional(integer()),
        retrieveDate: dateTime,
        /** Seconds between tries. */
        retryInterval: optional(integer()),
      },
      [urlCredentials('location')],
    ),
    response: object({}),
  },
});
