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

export const PeriodicEventStreamParams = extensible({
  interval: optional(integer({ minimum: 0 })),
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

export const LogParameters = extensible(
  {
    remoteLocation: text(2000),
    oldestTimestamp: optional(dateTime),
    latestTimestamp: optional(dateTime),
  },
  [urlCredentials('remoteLocation')],
);
export type LogParameters = Static<typeof LogParameters>;

export const LogEnum = oneOf('DiagnosticsLog', 'SecurityLog', 'DataCollectorLog');
export type LogEnum = Static<typeof LogEnum>;

export const LogStatusEnum = oneOf('Accepted', 'Rejected', 'AcceptedCanceled');
export type LogStatusEnum = Static<typeof LogStatusEnum>;

export const MonitoringCriterionEnum = oneOf('ThresholdMonitoring', 'DeltaMonitoring', 'PeriodicMonitoring');
export type MonitoringCriterionEnum = Static<typeof MonitoringCriterionEnum>;

export const ConstantStreamData = extensible({
  id: integer({ minimum: 0 }),
  params: PeriodicEventStreamParams,
  variableMonitoringId: integer({ minimum: 0 }),
});
export type ConstantStreamData = Static<typeof ConstantStreamData>;

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

export const EventTriggerEnum = oneOf('Alerting', 'Delta', 'Periodic');
export type EventTriggerEnum = Static<typeof EventTriggerEnum>;

export const EventNotificationEnum = oneOf(
  'HardWiredNotification',
  'HardWiredMonitor',
  'PreconfiguredMonitor',
  'CustomMonitor',
);
export type EventNotificationEnum = Static<typeof EventNotificationEnum>;

export const EventData = extensible(
  {
    eventId: integer({ minimum: 0 }),
    timestamp: dateTime,
    trigger: EventTriggerEnum,
    cause: optional(integer({ minimum: 0 })),
    actualValue: text(2500),
    techCode: optional(text(50)),
    techInfo: optional(text(500)),
    cleared: optional(boolean),
    transactionId: optional(text(36)),
    component: Component,
    variableMonitoringId: optional(integer({ minimum: 0 })),
    eventNotificationType: EventNotificationEnum,
    variable: Variable,
    severity: optional(integer({ minimum: 0 })),
  },
  [secret('actualValue', { field: 'variable/name', matches: secretNames })],
);
export type EventData = Static<typeof EventData>;

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

export const VariableMonitoring = extensible({
  id: integer({ minimum: 0 }),
  transaction: boolean,
  value: decimal(),
  type: MonitorEnum,
  severity: integer({ minimum: 0 }),
  eventNotificationType: EventNotificationEnum,
});
export type VariableMonitoring = Static<typeof VariableMonitoring>;

export const MonitoringData = extensible({
  component: Component,
  variable: Variable,
  variableMonitoring: list(VariableMonitoring, { min: 1 }),
});
export type MonitoringData = Static<typeof MonitoringData>;

export const StreamDataElement = extensible({
  t: decimal(),
  v: text(2500),
});
export type StreamDataElement = Static<typeof StreamDataElement>;

export const MonitoringBaseEnum = oneOf('All', 'FactoryDefault', 'HardWiredOnly');
export type MonitoringBaseEnum = Static<typeof MonitoringBaseEnum>;

export const SetMonitoringData = extensible({
  id: optional(integer({ minimum: 0 })),
  periodicEventStream: optional(PeriodicEventStreamParams),
  /** Absent means `false`. */
  transaction: optional(boolean),
  value: decimal(),
  type: MonitorEnum,
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
  severity: integer({ minimum: 0 }),
});
export type SetMonitoringResult = Static<typeof SetMonitoringResult>;

export const diagnostics = block('2.1', 'N', {
  /** N14. */
  AdjustPeriodicEventStream: {
    sentBy: 'CSMS',
    request: extensible({
      id: integer({ minimum: 0 }),
      params: PeriodicEventStreamParams,
    }),
    response: extensible({
      status: GenericStatusEnum,
      statusInfo: optional(StatusInfo),
    }),
  },
  /** N06, N13. */
  ClearVariableMonitoring: {
    sentBy: 'CSMS',
    request: extensible({
      id: list(integer({ minimum: 0 }), { min: 1 }),
    }),
    response: extensible({
      clearMonitoringResult: list(ClearMonitoringResult, { min: 1 }),
    }),
  },
  /** N13. */
  ClosePeriodicEventStream: {
    sentBy: 'CS',
    request: extensible({
      id: integer({ minimum: 0 }),
    }),
    response: extensible({}),
  },
  /** N09, N10. */
  CustomerInformation: {
    sentBy: 'CSMS',
    request: extensible(
      {
        customerCertificate: optional(CertificateHashData),
        idToken: optional(IdToken),
        requestId: integer({ minimum: 0 }),
        report: boolean,
        clear: boolean,
        customerIdentifier: optional(text(64)),
      },
      [personal('customerIdentifier'), personal('customerCertificate/serialNumber')],
    ),
    response: extensible({
      status: CustomerInformationStatusEnum,
      statusInfo: optional(StatusInfo),
    }),
  },
  /** N01. */
  GetLog: {
    sentBy: 'CSMS',
    request: extensible({
      log: LogParameters,
      logType: LogEnum,
      requestId: integer(),
      retries: optional(integer({ minimum: 0 })),
      retryInterval: optional(integer()),
    }),
    response: extensible({
      status: LogStatusEnum,
      statusInfo: optional(StatusInfo),
      filename: optional(text(255)),
    }),
  },
  /** N02, N03, N05. */
  GetMonitoringReport: {
    sentBy: 'CSMS',
    request: extensible({
      componentVariable: optional(list(ComponentVariable, { min: 1 })),
      requestId: integer(),
      monitoringCriteria: optional(list(MonitoringCriterionEnum, { min: 1, max: 3 })),
    }),
    response: extensible({
      status: GenericDeviceModelStatusEnum,
      statusInfo: optional(StatusInfo),
    }),
  },
  /** N12. */
  GetPeriodicEventStream: {
    sentBy: 'CSMS',
    request: extensible({}),
    response: extensible({
      constantStreamData: optional(list(ConstantStreamData, { min: 1 })),
    }),
  },
  /** N01. */
  LogStatusNotification: {
    sentBy: 'CS',
    request: extensible({
      status: UploadLogStatusEnum,
      requestId: optional(integer()),
      statusInfo: optional(StatusInfo),
    }),
    response: extensible({}),
  },
  /** N09, N10. */
  NotifyCustomerInformation: {
    sentBy: 'CS',
    request: extensible(
      {
        data: text(512),
        /** Absent means `false`. */
        tbc: optional(boolean),
        seqNo: integer({ minimum: 0 }),
        generatedAt: dateTime,
        requestId: integer({ minimum: 0 }),
      },
      [personal('data')],
    ),
    response: extensible({}),
  },
  /** N05, N07, N08, N11, N13, N15. */
  NotifyEvent: {
    sentBy: 'CS',
    request: extensible({
      generatedAt: dateTime,
      /** Absent means `false`. */
      tbc: optional(boolean),
      seqNo: integer({ minimum: 0 }),
      eventData: list(EventData, { min: 1 }),
    }),
    response: extensible({}),
  },
  /** N02, N03. */
  NotifyMonitoringReport: {
    sentBy: 'CS',
    request: extensible({
      monitor: optional(list(MonitoringData, { min: 1 })),
      requestId: integer(),
      /** Absent means `false`. */
      tbc: optional(boolean),
      seqNo: integer({ minimum: 0 }),
      generatedAt: dateTime,
    }),
    response: extensible({}),
  },
  /** N11, N14, N15. */
  NotifyPeriodicEventStream: {
    sentBy: 'CS',
    kind: 'SEND',
    request: extensible({
      data: list(StreamDataElement, { min: 1 }),
      id: integer({ minimum: 0 }),
      pending: integer({ minimum: 0 }),
      basetime: dateTime,
    }),
  },
  /** N11, N15. */
  OpenPeriodicEventStream: {
    sentBy: 'CS',
    request: extensible({
      constantStreamData: ConstantStreamData,
    }),
    response: extensible({
      status: GenericStatusEnum,
      statusInfo: optional(StatusInfo),
    }),
  },
  /** N03, N04, N05. */
  SetMonitoringBase: {
    sentBy: 'CSMS',
    request: extensible({
      monitoringBase: MonitoringBaseEnum,
    }),
    response: extensible({
      status: GenericDeviceModelStatusEnum,
      statusInfo: optional(StatusInfo),
    }),
  },
  /** N05, N07. */
  SetMonitoringLevel: {
    sentBy: 'CSMS',
    request: extensible({
      severity: integer({ minimum: 0 }),
    }),
    response: extensible({
      status: GenericStatusEnum,
      statusInfo: optional(StatusInfo),
    }),
  },
  /** N04, N05, N11, N13. */
  SetVariableMonitoring: {
    sentBy: 'CSMS',
    request: extensible({
      setMonitoringData: list(SetMonitoringData, { min: 1 }),
    }),
    response: extensible({
      setMonitoringResult: list(SetMonitoringResult, { min: 1 }),
    }),
  },
});
