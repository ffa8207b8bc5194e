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

export const ClearMonitoringStatusEnum = oneOf('Accepted', 'Rejected', 'NotFound');
export type ClearMonitoringStatusEnum = Static<typeof ClearMonitoringStatusEnum>;

export const ClearMonitoringResult = extensible({
  status: ClearMonitoringStatusEnum,
  id: integer(),
  statusInfo: optional(StatusInfo),
});
export type ClearMonitoringResult = Static<typeof ClearMonitoringResult>;

export const CustomerInformationStatusEnum = oneOf('Accepted', 'Rejected', 'Invalid');
export type CustomerInformationStatusEnum = Static<typeof CustomerInformationStatusEnum>;

export const LogParameters = extensible(
  {
    remoteLocation: text(512),
    oldestTimestamp: optional(dateTime),
    latestTimestamp: optional(dateTime),
  },
  [urlCredentials('remoteLocation')],
);
export type LogParameters = Static<typeof LogParameters>;

export const LogEnum = oneOf('DiagnosticsLog', 'SecurityLog');
export type LogEnum = Static<typeof LogEnum>;

export const LogStatusEnum = oneOf('Accepted', 'Rejected', 'AcceptedCanceled');
export type LogStatusEnum = Static<typeof LogStatusEnum>;

export const MonitoringCriterionEnum = oneOf('ThresholdMonitoring', 'DeltaMonitoring', 'PeriodicMonitoring');
export type MonitoringCriterionEnum = Static<typeof MonitoringCriterionEnum>;

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
    eventId: integer(),
    timestamp: dateTime,
    trigger: EventTriggerEnum,
    cause: optional(integer()),
    actualValue: text(2500),
    techCode: optional(text(50)),
    techInfo: optional(text(500)),
    cleared: optional(boolean),
    transactionId: optional(text(36)),
    component: Component,
    variableMonitoringId: optional(integer()),
    eventNotificationType: EventNotificationEnum,
    variable: Variable,
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
);
export type MonitorEnum = Static<typeof MonitorEnum>;

export const VariableMonitoring = extensible({
  id: integer(),
  transaction: boolean,
  value: decimal(),
  type: MonitorEnum,
  severity: integer(),
});
export type VariableMonitoring = Static<typeof VariableMonitoring>;

export const MonitoringData = extensible({
  component: Component,
  variable: Variable,
  variableMonitoring: list(VariableMonitoring, { min: 1 }),
});
export type MonitoringData = Static<typeof MonitoringData>;

export const MonitoringBaseEnum = oneOf('All', 'FactoryDefault', 'HardWiredOnly');
export type MonitoringBaseEnum = Static<typeof MonitoringBaseEnum>;

export const SetMonitoringData = extensible({
  id: optional(integer()),
  /** Absent means `false`. */
  transaction: optional(boolean),
  value: decimal(),
  type: MonitorEnum,
  severity: integer(),
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
  id: optional(integer()),
  statusInfo: optional(StatusInfo),
  status: SetMonitoringStatusEnum,
  type: MonitorEnum,
  component: Component,
  variable: Variable,
  severity: integer(),
});
export type SetMonitoringResult = Static<typeof SetMonitoringResult>;

export const diagnostics = block('2.0.1', 'N', {
  /** N06. */
  ClearVariableMonitoring: {
    sentBy: 'CSMS',
    request: extensible({
      id: list(integer(), { min: 1 }),
    }),
    response: extensible({
      clearMonitoringResult: list(ClearMonitoringResult, { min: 1 }),
    }),
  },
  /** N09, N10. */
  CustomerInformation: {
    sentBy: 'CSMS',
    request: extensible(
      {
        customerCertificate: optional(CertificateHashData),
        idToken: optional(IdToken),
        requestId: integer(),
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
      retries: optional(integer()),
      retryInterval: optional(integer()),
    }),
    response: extensible({
      status: LogStatusEnum,
      statusInfo: optional(StatusInfo),
      filename: optional(text(255)),
    }),
  },
  /** N02, N04. */
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
  /** N01. */
  LogStatusNotification: {
    sentBy: 'CS',
    request: extensible({
      status: UploadLogStatusEnum,
      requestId: optional(integer()),
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
        seqNo: integer(),
        generatedAt: dateTime,
        requestId: integer(),
      },
      [personal('data')],
    ),
    response: extensible({}),
  },
  /** N05, N07, N08. */
  NotifyEvent: {
    sentBy: 'CS',
    request: extensible({
      generatedAt: dateTime,
      /** Absent means `false`. */
      tbc: optional(boolean),
      seqNo: integer(),
      eventData: list(EventData, { min: 1 }),
    }),
    response: extensible({}),
  },
  /** N02. */
  NotifyMonitoringReport: {
    sentBy: 'CS',
    request: extensible({
      monitor: optional(list(MonitoringData, { min: 1 })),
      requestId: integer(),
      /** Absent means `false`. */
      tbc: optional(boolean),
      seqNo: integer(),
      generatedAt: dateTime,
    }),
    response: extensible({}),
  },
  /** N03, N04. */
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
      severity: integer(),
    }),
    response: extensible({
      status: GenericStatusEnum,
      statusInfo: optional(StatusInfo),
    }),
  },
  /** N04. */
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
