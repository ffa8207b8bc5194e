import { block } from '../block.ts';
import { boolean, dateTime, integer, list, object, oneOf, optional, type Static, text } from '../schema.ts';
import { personal, secret, secretNames } from '../sensitivity.ts';
import { ChargingProfile } from './data-types/charging-profile.ts';
import { IdTagInfo } from './data-types/id-tag-info.ts';

/**
 * `Pending`: not yet, the central system may configure the charge point first. `Rejected`: not welcome for
 * now.
 */
export const RegistrationStatus = oneOf('Accepted', 'Pending', 'Rejected');
export type RegistrationStatus = Static<typeof RegistrationStatus>;

/** Operative: may charge. */
export const AvailabilityType = oneOf('Inoperative', 'Operative');
export type AvailabilityType = Static<typeof AvailabilityType>;

/** `Scheduled`: when the running transaction has ended. */
export const AvailabilityStatus = oneOf('Accepted', 'Rejected', 'Scheduled');
export type AvailabilityStatus = Static<typeof AvailabilityStatus>;

/** `RebootRequired`: taken, in force after the next boot. `NotSupported`: no such key. */
export const ConfigurationStatus = oneOf('Accepted', 'Rejected', 'RebootRequired', 'NotSupported');
export type ConfigurationStatus = Static<typeof ConfigurationStatus>;

export const ClearCacheStatus = oneOf('Accepted', 'Rejected');
export type ClearCacheStatus = Static<typeof ClearCacheStatus>;

/** Unless it is `Accepted` or `Rejected`, the vendor or the message is not known. */
export const DataTransferStatus = oneOf('Accepted', 'Rejected', 'UnknownMessageId', 'UnknownVendorId');
export type DataTransferStatus = Static<typeof DataTransferStatus>;

/** A configuration key and its value; keys that are write-only come without. */
export const KeyValue = object(
  {
    key: text(50),
    readonly: boolean,
    value: optional(text(500)),
  },
  [secret('value', { field: 'key', matches: secretNames })],
);
export type KeyValue = Static<typeof KeyValue>;

/** Why the value was taken at this instant. */
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

/** `SignedData`: the value is the meter's signed record as hex, not a number. */
export const ValueFormat = oneOf('Raw', 'SignedData');
export type ValueFormat = Static<typeof ValueFormat>;

/**
 * `Register` counts from the meter's installation, `Interval` since the last sample. Import flows to the EV,
 * export back to the grid.
 */
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

/** Absent: the value is for all phases together. */
export const Phase = oneOf('L1', 'L2', 'L3', 'N', 'L1-N', 'L2-N', 'L3-N', 'L1-L2', 'L2-L3', 'L3-L1');
export type Phase = Static<typeof Phase>;

/** Where the measuring point is. */
export const Location = oneOf('Cable', 'EV', 'Inlet', 'Outlet', 'Body');
export type Location = Static<typeof Location>;

/** `Celcius` was a slip that stations in the field still send; both are right (1.6-J errata 2025-04, 2.1). */
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

/**
 * One measured value, as text. With nothing but `value` it is the import register of active energy in Wh, at
 * the outlet, sampled periodically.
 */
export const SampledValue = object(
  {
    /** A decimal number as text, or a signed record; see `format`. */
    value: text(),
    /** Absent means `Sample.Periodic`. */
    context: optional(ReadingContext),
    /** Absent means `Raw`. */
    format: optional(ValueFormat),
    /** Absent means `Energy.Active.Import.Register`. */
    measurand: optional(Measurand),
    phase: optional(Phase),
    /** Absent means `Outlet`. */
    location: optional(Location),
    /** Absent means `Wh` where the measurand is an energy. */
    unit: optional(UnitOfMeasure),
  },
  [personal('value', { field: 'format', matches: /^SignedData$/ })],
);
export type SampledValue = Static<typeof SampledValue>;

/** What was measured at one instant. */
export const MeterValue = object({ timestamp: dateTime, sampledValue: list(SampledValue) });
export type MeterValue = Static<typeof MeterValue>;

/**
 * Accepted means that the charge point will try: only StartTransaction or StopTransaction tells whether it
 * happened.
 */
export const RemoteStartStopStatus = oneOf('Accepted', 'Rejected');
export type RemoteStartStopStatus = Static<typeof RemoteStartStopStatus>;

/** `Hard` restarts the hardware, `Soft` ends transactions first and restarts the application. */
export const ResetType = oneOf('Hard', 'Soft');
export type ResetType = Static<typeof ResetType>;

export const ResetStatus = oneOf('Accepted', 'Rejected');
export type ResetStatus = Static<typeof ResetStatus>;

/** `NoError` together with any status but `Faulted`; an error may also be reported while charging goes on. */
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

/** Connector 0, the charge point itself, has only `Available`, `Unavailable` and `Faulted`. */
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

/** Why the transaction ended. Absent means `Local`: the driver ended it at the charge point. */
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

/** `NotSupported`: the connector has no lock. */
export const UnlockStatus = oneOf('Unlocked', 'UnlockFailed', 'NotSupported');
export type UnlockStatus = Static<typeof UnlockStatus>;

export const core = block('1.6', 'Core', {
  /** May this token charge here? Section 4.1. */
  Authorize: {
    sentBy: 'CS',
    request: object({ idTag: text(20) }, [personal('idTag')]),
    response: object({ idTagInfo: IdTagInfo }),
  },
  /** The charge point has booted and asks to be admitted. Section 4.2. */
  BootNotification: {
    sentBy: 'CS',
    request: object({
      chargePointVendor: text(20),
      chargePointModel: text(20),
      chargePointSerialNumber: optional(text(25)),
      /** Deprecated. */
      chargeBoxSerialNumber: optional(text(25)),
      firmwareVersion: optional(text(50)),
      iccid: optional(text(20)),
      imsi: optional(text(20)),
      meterType: optional(text(25)),
      meterSerialNumber: optional(text(25)),
    }),
    response: object({
      status: RegistrationStatus,
      /** The station sets its clock by it. */
      currentTime: dateTime,
      /**
       * Seconds: heartbeat interval when accepted; otherwise how long to wait before the next
       * BootNotification, 0 leaving it to the charge point.
       */
      interval: integer(),
    }),
  },
  /** Puts something into or out of service, now or after the running transaction. Section 5.2. */
  ChangeAvailability: {
    sentBy: 'CSMS',
    request: object({
      /** 0: all connectors and the charge point itself. */
      connectorId: integer(),
      type: AvailabilityType,
    }),
    response: object({ status: AvailabilityStatus }),
  },
  /** Sets a configuration key. Section 5.3. */
  ChangeConfiguration: {
    sentBy: 'CSMS',
    request: object(
      {
        key: text(50),
        value: text(500),
      },
      [secret('value', { field: 'key', matches: secretNames })],
    ),
    response: object({ status: ConfigurationStatus }),
  },
  /** Empties the authorization cache. Section 5.4. */
  ClearCache: {
    sentBy: 'CSMS',
    request: object({}),
    response: object({ status: ClearCacheStatus }),
  },
  /** Whatever vendors agree upon. Sections 4.3 and 5.6. */
  DataTransfer: {
    sentBy: 'both',
    request: object(
      {
        /** Reversed domain name of whoever defines the content. */
        vendorId: text(255),
        messageId: optional(text(50)),
        data: optional(text()),
      },
      [personal('data')],
    ),
    response: object({ status: DataTransferStatus, data: optional(text()) }, [personal('data')]),
  },
  /** Reads configuration keys. Section 5.8. */
  GetConfiguration: {
    sentBy: 'CSMS',
    request: object({
      /** Absent asks for everything. */
      key: optional(list(text(50))),
    }),
    response: object({ configurationKey: optional(list(KeyValue)), unknownKey: optional(list(text(50))) }),
  },
  /** Still here; what time is it? Section 4.6. */
  Heartbeat: {
    sentBy: 'CS',
    request: object({}),
    response: object({ currentTime: dateTime }),
  },
  /** Meter values, in a transaction or outside of one. Section 4.7. */
  MeterValues: {
    sentBy: 'CS',
    request: object({
      /** 0: the main meter. */
      connectorId: integer(),
      transactionId: optional(integer()),
      meterValue: list(MeterValue),
    }),
    response: object({}),
  },
  /** Asks to start a transaction. Section 5.11. */
  RemoteStartTransaction: {
    sentBy: 'CSMS',
    request: object(
      {
        /** Absent lets the charge point choose. */
        connectorId: optional(integer()),
        idTag: text(20),
        /** Of purpose `TxProfile` and without transaction id. */
        chargingProfile: optional(ChargingProfile),
      },
      [personal('idTag')],
    ),
    response: object({ status: RemoteStartStopStatus }),
  },
  /** Asks to stop a transaction. Section 5.12. */
  RemoteStopTransaction: {
    sentBy: 'CSMS',
    request: object({ transactionId: integer() }),
    response: object({ status: RemoteStartStopStatus }),
  },
  /** Reboots. Section 5.14. */
  Reset: {
    sentBy: 'CSMS',
    request: object({ type: ResetType }),
    response: object({ status: ResetStatus }),
  },
  /** A transaction has begun. Section 4.8. */
  StartTransaction: {
    sentBy: 'CS',
    request: object(
      {
        connectorId: integer(),
        idTag: text(20),
        /** Wh. */
        meterStart: integer(),
        reservationId: optional(integer()),
        timestamp: dateTime,
      },
      [personal('idTag')],
    ),
    response: object({
      idTagInfo: IdTagInfo,
      /** Given by the central system, also where the idTag is refused. */
      transactionId: integer(),
    }),
  },
  /** The status of a connector or of the charge point, and errors. Section 4.9. */
  StatusNotification: {
    sentBy: 'CS',
    request: object({
      /** 0: the charge point itself. */
      connectorId: integer(),
      errorCode: ChargePointErrorCode,
      info: optional(text(50)),
      status: ChargePointStatus,
      /** When it changed; absent means now. */
      timestamp: optional(dateTime),
      vendorId: optional(text(255)),
      vendorErrorCode: optional(text(50)),
    }),
    response: object({}),
  },
  /** A transaction has ended. Section 4.10. */
  StopTransaction: {
    sentBy: 'CS',
    request: object(
      {
        /** Absent where nobody presented one, e.g. when the EV was unplugged. */
        idTag: optional(text(20)),
        /** Wh. */
        meterStop: integer(),
        timestamp: dateTime,
        transactionId: integer(),
        reason: optional(Reason),
        transactionData: optional(list(MeterValue)),
      },
      [personal('idTag')],
    ),
    response: object({ idTagInfo: optional(IdTagInfo) }),
  },
  /** Lets the cable go. Section 5.18. */
  UnlockConnector: {
    sentBy: 'CSMS',
    request: object({ connectorId: integer() }),
    response: object({ status: UnlockStatus }),
  },
});
