import { block } from '../block.ts';
import { boolean, dateTime, integer, list, object, oneOf, optional, type Static, text } from '../schema.ts';
import { personal, secret, secretNames } from '../sensitivity.ts';
import { ChargingProfile } from './data-types/charging-profile.ts';
import { IdTagInfo } from './data-types/id-tag-info.ts';

export const RegistrationStatus = oneOf('Accepted', 'Pending', 'Rejected');
export type RegistrationStatus = Static<typeof RegistrationStatus>;

export const AvailabilityType = oneOf('Inoperative', 'Operative');
export type AvailabilityType = Static<typeof AvailabilityType>;

export const AvailabilityStatus = oneOf('Accepted', 'Rejected', 'Scheduled');
export type AvailabilityStatus = Static<typeof AvailabilityStatus>;

export const ConfigurationStatus = oneOf('Accepted', 'Rejected', 'RebootRequired', 'NotSupported');
export type ConfigurationStatus = Static<typeof ConfigurationStatus>;

export const DataTransferStatus = oneOf('Accepted', 'Rejected', 'UnknownMessageId', 'UnknownVendorId');
export type DataTransferStatus = Static<typeof DataTransferStatus>;

export const KeyValue = object(
  {
    key: text(50),
    readonly: boolean,
    value: optional(text(500)),
  },
  [secret('value', { field: 'key', matches: secretNames })],
);
export type KeyValue = Static<typeof KeyValue>;

export const ReadingContext = oneOf(
  'Interruption.Begin',
  'Interruption.End',
  'Sample.Clock',
  'Sample.Periodic',
  'Transaction.Begin',
  'Transaction.End',
  'Trigger',
  'Other',
);
export type ReadingContext = Static<typeof ReadingContext>;

export const ValueFormat = oneOf('Raw', 'SignedData');
export type ValueFormat = Static<typeof ValueFormat>;

export const Measurand = oneOf(
  'Energy.Active.Export.Register',
  'Energy.Active.Import.Register',
  'Energy.Reactive.Export.Register',
  'Energy.Reactive.Import.Register',
  'Energy.Active.Export.Interval',
  'Energy.Active.Import.Interval',
  'Energy.Reactive.Export.Interval',
  'Energy.Reactive.Import.Interval',
  'Power.Active.Export',
  'Power.Active.Import',
  'Power.Offered',
  'Power.Reactive.Export',
  'Power.Reactive.Import',
  'Power.Factor',
  'Current.Import',
  'Current.Export',
  'Current.Offered',
  'Voltage',
  'Frequency',
  'Temperature',
  'SoC',
  'RPM',
);
export type Measurand = Static<typeof Measurand>;

export const Phase = oneOf('L1', 'L2', 'L3', 'N', 'L1-N', 'L2-N', 'L3-N', 'L1-L2', 'L2-L3', 'L3-L1');
export type Phase = Static<typeof Phase>;

export const Location = oneOf('Cable', 'EV', 'Inlet', 'Outlet', 'Body');
export type Location = Static<typeof Location>;

export const UnitOfMeasure = oneOf(
  'Wh',
  'kWh',
  'varh',
  'kvarh',
  'W',
  'kW',
  'VA',
  'kVA',
  'var',
  'kvar',
  'A',
  'V',
  'K',
  'Celcius',
  'Celsius',
  'Fahrenheit',
  'Percent',
);
export type UnitOfMeasure = Static<typeof UnitOfMeasure>;

export const SampledValue = object(
  {
    value: text(),
    context: optional(ReadingContext),
    format: optional(ValueFormat),
    measurand: optional(Measurand),
    phase: optional(Phase),
    location: optional(Location),
    unit: optional(UnitOfMeasure),
  },
  [personal('value', { field: 'format', matches: /^SignedData$/ })],
);
export type SampledValue = Static<typeof SampledValue>;

export const MeterValue = object({
  timestamp: dateTime,
  sampledValue: list(SampledValue),
});
export type MeterValue = Static<typeof MeterValue>;

export const ResetType = oneOf('Hard', 'Soft');
export type ResetType = Static<typeof ResetType>;

export const ChargePointErrorCode = oneOf(
  'ConnectorLockFailure',
  'EVCommunicationError',
  'GroundFailure',
  'HighTemperature',
  'InternalError',
  'LocalListConflict',
  'NoError',
  'OtherError',
  'OverCurrentFailure',
  'PowerMeterFailure',
  'PowerSwitchFailure',
  'ReaderFailure',
  'ResetFailure',
  'UnderVoltage',
  'OverVoltage',
  'WeakSignal',
);
export type ChargePointErrorCode = Static<typeof ChargePointErrorCode>;

export const ChargePointStatus = oneOf(
  'Available',
  'Preparing',
  'Charging',
  'SuspendedEVSE',
  'SuspendedEV',
  'Finishing',
  'Reserved',
  'Unavailable',
  'Faulted',
);
export type ChargePointStatus = Static<typeof ChargePointStatus>;

export const Reason = oneOf(
  'EmergencyStop',
  'EVDisconnected',
  'HardReset',
  'Local',
  'Other',
  'PowerLoss',
  'Reboot',
  'Remote',
  'SoftReset',
  'UnlockCommand',
  'DeAuthorized',
);
export type Reason = Static<typeof Reason>;

export const UnlockStatus = oneOf('Unlocked', 'UnlockFailed', 'NotSupported');
export type UnlockStatus = Static<typeof UnlockStatus>;

export const core = block('1.6', 'Core', {
  /** Section 4.1. */
  Authorize: {
    sentBy: 'CS',
    request: object(
      {
        idTag: text(20),
      },
      [personal('idTag')],
    ),
    response: object({
      idTagInfo: IdTagInfo,
    }),
  },
  /** Section 4.2. */
  BootNotification: {
    sentBy: 'CS',
    request: object({
      chargePointVendor: text(20),
      chargePointModel: text(20),
      chargePointSerialNumber: optional(text(25)),
      chargeBoxSerialNumber: optional(text(25)),
      firmwareVersion: optional(text(50)),
      iccid: optional(text(20)),
      imsi: optional(text(20)),
      meterType: optional(text(25)),
      meterSerialNumber: optional(text(25)),
    }),
    response: object({
      status: RegistrationStatus,
      currentTime: dateTime,
      interval: integer(),
    }),
  },
  /** Section 5.2. */
  ChangeAvailability: {
    sentBy: 'CSMS',
    request: object({
      connectorId: integer(),
      type: AvailabilityType,
    }),
    response: object({
      status: AvailabilityStatus,
    }),
  },
  /** Section 5.3. */
  ChangeConfiguration: {
    sentBy: 'CSMS',
    request: object(
      {
        key: text(50),
        value: text(500),
      },
      [secret('value', { field: 'key', matches: secretNames })],
    ),
    response: object({
      status: ConfigurationStatus,
    }),
  },
  /** Section 5.4. */
  ClearCache: {
    sentBy: 'CSMS',
    request: object({}),
    response: object({
      status: oneOf('Accepted', 'Rejected'),
    }),
  },
  /** Section 4.3 and 5.6. */
  DataTransfer: {
    sentBy: 'both',
    request: object(
      {
        vendorId: text(255),
        messageId: optional(text(50)),
        data: optional(text()),
      },
      [personal('data')],
    ),
    response: object(
      {
        status: DataTransferStatus,
        data: optional(text()),
      },
      [personal('data')],
    ),
  },
  /** Section 5.8. */
  GetConfiguration: {
    sentBy: 'CSMS',
    request: object({
      key: optional(list(text(50))),
    }),
    response: object({
      configurationKey: optional(list(KeyValue)),
      unknownKey: optional(list(text(50))),
    }),
  },
  /** Section 4.6. */
  Heartbeat: {
    sentBy: 'CS',
    request: object({}),
    response: object({
      currentTime: dateTime,
    }),
  },
  /** Section 4.7. */
  MeterValues: {
    sentBy: 'CS',
    request: object({
      connectorId: integer(),
      transactionId: optional(integer()),
      meterValue: list(MeterValue),
    }),
    response: object({}),
  },
  /** Section 5.11. */
  RemoteStartTransaction: {
    sentBy: 'CSMS',
    request: object(
      {
        connectorId: optional(integer()),
        idTag: text(20),
        chargingProfile: optional(ChargingProfile),
      },
      [personal('idTag')],
    ),
    response: object({
      status: oneOf('Accepted', 'Rejected'),
    }),
  },
  /** Section 5.12. */
  RemoteStopTransaction: {
    sentBy: 'CSMS',
    request: object({
      transactionId: integer(),
    }),
    response: object({
      status: oneOf('Accepted', 'Rejected'),
    }),
  },
  /** Section 5.14. */
  Reset: {
    sentBy: 'CSMS',
    request: object({
      type: ResetType,
    }),
    response: object({
      status: oneOf('Accepted', 'Rejected'),
    }),
  },
  /** Section 4.8. */
  StartTransaction: {
    sentBy: 'CS',
    request: object(
      {
        connectorId: integer(),
        idTag: text(20),
        meterStart: integer(),
        reservationId: optional(integer()),
        timestamp: dateTime,
      },
      [personal('idTag')],
    ),
    response: object({
      idTagInfo: IdTagInfo,
      transactionId: integer(),
    }),
  },
  /** Section 4.9. */
  StatusNotification: {
    sentBy: 'CS',
    request: object({
      connectorId: integer(),
      errorCode: ChargePointErrorCode,
      info: optional(text(50)),
      status: ChargePointStatus,
      timestamp: optional(dateTime),
      vendorId: optional(text(255)),
      vendorErrorCode: optional(text(50)),
    }),
    response: object({}),
  },
  /** Section 4.10. */
  StopTransaction: {
    sentBy: 'CS',
    request: object(
      {
        idTag: optional(text(20)),
        meterStop: integer(),
        timestamp: dateTime,
        transactionId: integer(),
        reason: optional(Reason),
        transactionData: optional(list(MeterValue)),
      },
      [personal('idTag')],
    ),
    response: object({
      idTagInfo: optional(IdTagInfo),
    }),
  },
  /** Section 5.18. */
  UnlockConnector: {
    sentBy: 'CSMS',
    request: object({
      connectorId: integer(),
    }),
    response: object({
      status: UnlockStatus,
    }),
  },
});
