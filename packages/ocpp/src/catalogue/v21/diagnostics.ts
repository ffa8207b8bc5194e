import { block } from '../block.ts';
import {
  boolean,
  dateTime,
  decimal,
  extensible,
  integer,
  list,
  oneOf,
  optional,
  type Static,
  text,
} from '../schema.ts';
import { personal, secret, secretNames, urlCredentials } from '../sensitivity.ts';
import { CertificateHashData } from './data-types/certificate-hash.ts';
import {
  Component,
  ComponentVariable,
  GenericDeviceModelStatusEnum,
  Variable,
} from './data-types/device-model.ts';
import { GenericStatusEnum, StatusInfo } from './data-types/general.ts';
import { IdToken } from './data-types/id-token.ts';

/** When a stream sends: after a time or a number of values, whichever comes first. */
export const PeriodicEventStreamParams = extensible({
  /** Seconds. */
  interval: optional(integer({ minimum: 0 })),
  /** How many values to a message. */
  values: optional(integer({ minimum: 0 })),
});
export type PeriodicEventStreamParams = Static<typeof PeriodicEventStreamParams>;

export const ClearMonitoringStatusEnum = oneOf('Accepted', 'Rejected', 'NotFound');
export type ClearMonitoringStatusEnum = Static<typeof ClearMonitoringStatusEnum>;

export const ClearMonitoringResult = extensible({
  status: ClearMonitoringStatusEnum,
  id: integer({ minimum: 0 }),
  statusInfo: optional(StatusInfo),
});
export type ClearMonitoringResult = Static<typeof ClearMonitoringResult>;

export const CustomerInformationStatusEnum = oneOf('Accepted', 'Rejected', 'Invalid');
export type CustomerInformationStatusEnum = Static<typeof CustomerInformationStatusEnum>;

/** Where to upload, and from when to when. */
export const LogParameters = extensible(
  {
    remoteLocation: text(2000),
    /** From here. */
    oldestTimestamp: optional(dateTime),
    /** To here. */
    latestTimestamp: optional(dateTime),
  },
  [urlCredentials('remoteLocation')],
);
export type LogParameters = Static<typeof LogParameters>;

export const LogEnum = oneOf('DiagnosticsLog', 'SecurityLog', 'DataCollectorLog');
export type LogEnum = Static<typeof LogEnum>;

/** `AcceptedCanceled`: accepted, and the upload before it was given up. */
export const LogStatusEnum = oneOf('Accepted', 'Rejected', 'AcceptedCanceled');
export type LogStatusEnum = Static<typeof LogStatusEnum>;

export const MonitoringCriterionEnum = oneOf('ThresholdMonitoring', 'DeltaMonitoring', 'PeriodicMonitoring');
export type MonitoringCriterionEnum = Static<typeof MonitoringCriterionEnum>;

/** An open stream of values. */
export const ConstantStreamData = extensible({
  id: integer({ minimum: 0 }),
  params: PeriodicEventStreamParams,
  variableMonitoringId: integer({ minimum: 0 }),
});
export type ConstantStreamData = Static<typeof ConstantStreamData>;

/** How far an upload has got. */
export const UploadLogStatusEnum = oneOf(
  'BadMessage',
  'Idle',
  'NotSupportedOperation',
  'PermissionDenied',
  'Uploaded',
  'UploadFailure',
  'Uploading',
  'AcceptedCanceled',
);
export type UploadLogStatusEnum = Static<typeof UploadLogStatusEnum>;

/** What made the event: a crossed threshold, a change, a period. */
export const EventTriggerEnum = oneOf('Alerting', 'Delta', 'Periodic');
export type EventTriggerEnum = Static<typeof EventTriggerEnum>;

/** Whose monitor it is: hard-wired, from the factory, or set by the operator. */
export const EventNotificationEnum = oneOf(
  'HardWiredNotification',
  'HardWiredMonitor',
  'PreconfiguredMonitor',
  'CustomMonitor',
);
export type EventNotificationEnum = Static<typeof EventNotificationEnum>;

/** Something that a monitor noticed. */
export const EventData = extensible(
  {
    eventId: integer({ minimum: 0 }),
    timestamp: dateTime,
    trigger: EventTriggerEnum,
    /** The event that led to this one. */
    cause: optional(integer({ minimum: 0 })),
    actualValue: text(2500),
    /** As the component gave it. */
    techCode: optional(text(50)),
    techInfo: optional(text(500)),
    /** The situation is over. */
    cleared: optional(boolean),
    transactionId: optional(text(36)),
    component: Component,
    variableMonitoringId: optional(integer({ minimum: 0 })),
    eventNotificationType: EventNotificationEnum,
    variable: Variable,
    /** 0 (danger to life) to 9 (debug). */
    severity: optional(integer({ minimum: 0 })),
  },
  [secret('actualValue', { field: 'variable/name', matches: secretNames })],
);
export type EventData = Static<typeof EventData>;

/**
 * Thresholds report crossings, `Delta` changes of that size, the periodic ones a value every so many seconds,
 * counted from now or aligned with the clock.
 */
export const MonitorEnum = oneOf(
  'UpperThreshold',
  'LowerThreshold',
  'Delta',
  'Periodic',
  'PeriodicClockAligned',
  'TargetDelta',
  'TargetDeltaRelative',
);
export type MonitorEnum = Static<typeof MonitorEnum>;

/** One monitor. */
export const VariableMonitoring = extensible({
  id: integer({ minimum: 0 }),
  /** Watches only while a transaction runs there. */
  transaction: boolean,
  /** Threshold, change, or seconds of a period. */
  value: decimal(),
  type: MonitorEnum,
  /** 0 (danger to life) to 9 (debug). */
  severity: integer({ minimum: 0 }),
  eventNotificationType: EventNotificationEnum,
});
export type VariableMonitoring = Static<typeof VariableMonitoring>;

/** A variable and its monitors. */
export const MonitoringData = extensible({
  component: Component,
  variable: Variable,
  variableMonitoring: list(VariableMonitoring, { min: 1 }),
});
export type MonitoringData = Static<typeof MonitoringData>;

/** One value of a stream. */
export const StreamDataElement = extensible({
  /** Seconds after the message's `basetime`. */
  t: decimal(),
  v: text(2500),
});
export type StreamDataElement = Static<typeof StreamDataElement>;

/** All monitors, those of the factory, or only those that cannot be removed. */
export const MonitoringBaseEnum = oneOf('All', 'FactoryDefault', 'HardWiredOnly');
export type MonitoringBaseEnum = Static<typeof MonitoringBaseEnum>;

/** A monitor to set. */
export const SetMonitoringData = extensible({
  /** Only to replace a monitor; the station numbers new ones. */
  id: optional(integer({ minimum: 0 })),
  periodicEventStream: optional(PeriodicEventStreamParams),
  /** Watches only while a transaction runs there. Absent means `false`. */
  transaction: optional(boolean),
  /** Threshold, change, or seconds of a period. */
  value: decimal(),
  type: MonitorEnum,
  /** 0 (danger to life) to 9 (debug). */
  severity: integer({ minimum: 0 }),
  component: Component,
  variable: Variable,
});
export type SetMonitoringData = Static<typeof SetMonitoringData>;

export const SetMonitoringStatusEnum = oneOf(
  'Accepted',
  'UnknownComponent',
  'UnknownVariable',
  'UnsupportedMonitorType',
  'Rejected',
  'Duplicate',
);
export type SetMonitoringStatusEnum = Static<typeof SetMonitoringStatusEnum>;

export const SetMonitoringResult = extensible({
  id: optional(integer({ minimum: 0 })),
  statusInfo: optional(StatusInfo),
  status: SetMonitoringStatusEnum,
  type: MonitorEnum,
  component: Component,
  variable: Variable,
  /** 0 (danger to life) to 9 (debug). */
  severity: integer({ minimum: 0 }),
});
export type SetMonitoringResult = Static<typeof SetMonitoringResult>;

export const diagnostics = block('2.1', 'N', {
  /** Changes when an open stream sends. N14. */
  AdjustPeriodicEventStream: {
    sentBy: 'CSMS',
    request: extensible({ id: integer({ minimum: 0 }), params: PeriodicEventStreamParams }),
    response: extensible({ status: GenericStatusEnum, statusInfo: optional(StatusInfo) }),
  },
  /** Removes monitors. N06, N13. */
  ClearVariableMonitoring: {
    sentBy: 'CSMS',
    request: extensible({ id: list(integer({ minimum: 0 }), { min: 1 }) }),
    response: extensible({ clearMonitoringResult: list(ClearMonitoringResult, { min: 1 }) }),
  },
  /** The station ends a stream. N13. */
  ClosePeriodicEventStream: {
    sentBy: 'CS',
    request: extensible({ id: integer({ minimum: 0 }) }),
    response: extensible({}),
  },
  /** Asks for what the station keeps about a customer, or to erase it. N09, N10. */
  CustomerInformation: {
    sentBy: 'CSMS',
    request: extensible(
      {
        customerCertificate: optional(CertificateHashData),
        idToken: optional(IdToken),
        /** Given by whoever asked, returned with what follows. */
        requestId: integer({ minimum: 0 }),
        /** Send what there is. */
        report: boolean,
        /** Erase it. */
        clear: boolean,
        customerIdentifier: optional(text(64)),
      },
      [personal('customerIdentifier'), personal('customerCertificate/serialNumber')],
    ),
    response: extensible({ status: CustomerInformationStatusEnum, statusInfo: optional(StatusInfo) }),
  },
  /** Has a log uploaded. N01. */
  GetLog: {
    sentBy: 'CSMS',
    request: extensible({
      log: LogParameters,
      logType: LogEnum,
      /** Given by whoever asked, returned with what follows. */
      requestId: integer(),
      /** 0 means one try; absent leaves it to the station. */
      retries: optional(integer({ minimum: 0 })),
      /** Seconds between tries. */
      retryInterval: optional(integer()),
    }),
    response: extensible({
      status: LogStatusEnum,
      statusInfo: optional(StatusInfo),
      /** Absent where there is nothing to upload. */
      filename: optional(text(255)),
    }),
  },
  /** Asks for monitors; they come as NotifyMonitoringReport. N02, N03, N05. */
  GetMonitoringReport: {
    sentBy: 'CSMS',
    request: extensible({
      componentVariable: optional(list(ComponentVariable, { min: 1 })),
      /** Given by whoever asked, returned with what follows. */
      requestId: integer(),
      monitoringCriteria: optional(list(MonitoringCriterionEnum, { min: 1, max: 3 })),
    }),
    response: extensible({ status: GenericDeviceModelStatusEnum, statusInfo: optional(StatusInfo) }),
  },
  /** Lists open streams. N12. */
  GetPeriodicEventStream: {
    sentBy: 'CSMS',
    request: extensible({}),
    response: extensible({ constantStreamData: optional(list(ConstantStreamData, { min: 1 })) }),
  },
  /** How far an upload of a log has got. N01. */
  LogStatusNotification: {
    sentBy: 'CS',
    request: extensible({
      status: UploadLogStatusEnum,
      /** Absent only where it was triggered with nothing going on. */
      requestId: optional(integer()),
      statusInfo: optional(StatusInfo),
    }),
    response: extensible({}),
  },
  /** Brings what CustomerInformation asked for. N09, N10. */
  NotifyCustomerInformation: {
    sentBy: 'CS',
    request: extensible(
      {
        data: text(512),
        /** To be continued: more parts follow. Absent means `false`. */
        tbc: optional(boolean),
        /** Counts the parts from 0. */
        seqNo: integer({ minimum: 0 }),
        generatedAt: dateTime,
        /** Given by whoever asked, returned with what follows. */
        requestId: integer({ minimum: 0 }),
      },
      [personal('data')],
    ),
    response: extensible({}),
  },
  /** What monitors noticed. N05, N07, N08, N11, N13, N15. */
  NotifyEvent: {
    sentBy: 'CS',
    request: extensible({
      generatedAt: dateTime,
      /** To be continued: more parts follow. Absent means `false`. */
      tbc: optional(boolean),
      /** Counts the parts from 0. */
      seqNo: integer({ minimum: 0 }),
      eventData: list(EventData, { min: 1 }),
    }),
    response: extensible({}),
  },
  /** Brings what GetMonitoringReport asked for. N02, N03. */
  NotifyMonitoringReport: {
    sentBy: 'CS',
    request: extensible({
      monitor: optional(list(MonitoringData, { min: 1 })),
      /** Given by whoever asked, returned with what follows. */
      requestId: integer(),
      /** To be continued: more parts follow. Absent means `false`. */
      tbc: optional(boolean),
      /** Counts the parts from 0. */
      seqNo: integer({ minimum: 0 }),
      generatedAt: dateTime,
    }),
    response: extensible({}),
  },
  /** Values of an open stream. Never answered. N11, N14, N15. */
  NotifyPeriodicEventStream: {
    sentBy: 'CS',
    kind: 'SEND',
    request: extensible({
      data: list(StreamDataElement, { min: 1 }),
      id: integer({ minimum: 0 }),
      /** How many values still wait. */
      pending: integer({ minimum: 0 }),
      basetime: dateTime,
    }),
  },
  /** The station offers a stream of values. N11, N15. */
  OpenPeriodicEventStream: {
    sentBy: 'CS',
    request: extensible({ constantStreamData: ConstantStreamData }),
    response: extensible({ status: GenericStatusEnum, statusInfo: optional(StatusInfo) }),
  },
  /** Chooses which monitors are active. N03, N04, N05. */
  SetMonitoringBase: {
    sentBy: 'CSMS',
    request: extensible({ monitoringBase: MonitoringBaseEnum }),
    response: extensible({ status: GenericDeviceModelStatusEnum, statusInfo: optional(StatusInfo) }),
  },
  /** Reports events up to this severity. N05, N07. */
  SetMonitoringLevel: {
    sentBy: 'CSMS',
    request: extensible({
      /** 0 (danger to life) to 9 (debug). */
      severity: integer({ minimum: 0 }),
    }),
    response: extensible({ status: GenericStatusEnum, statusInfo: optional(StatusInfo) }),
  },
  /** Sets monitors. N04, N05, N11, N13. */
  SetVariableMonitoring: {
    sentBy: 'CSMS',
    request: extensible({ setMonitoringData: list(SetMonitoringData, { min: 1 }) }),
    response: extensible({ setMonitoringResult: list(SetMonitoringResult, { min: 1 }) }),
  },
});
