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
import { secret, secretNames, urlCredentials } from '../sensitivity.ts';
import {
  Component,
  ComponentVariable,
  GenericDeviceModelStatusEnum,
  Variable,
} from './data-types/device-model.ts';
import { StatusInfo } from './data-types/general.ts';

export const Modem = extensible({
  iccid: optional(text(20)),
  imsi: optional(text(20)),
});
export type Modem = Static<typeof Modem>;

export const ChargingStation = extensible({
  serialNumber: optional(text(25)),
  model: text(20),
  modem: optional(Modem),
  vendorName: text(50),
  firmwareVersion: optional(text(50)),
});
export type ChargingStation = Static<typeof ChargingStation>;

export const BootReasonEnum = oneOf(
  'ApplicationReset',
  'FirmwareUpdate',
  'LocalReset',
  'PowerUp',
  'RemoteReset',
  'ScheduledReset',
  'Triggered',
  'Unknown',
  'Watchdog',
);
export type BootReasonEnum = Static<typeof BootReasonEnum>;

export const RegistrationStatusEnum = oneOf('Accepted', 'Pending', 'Rejected');
export type RegistrationStatusEnum = Static<typeof RegistrationStatusEnum>;

export const ReportBaseEnum = oneOf('ConfigurationInventory', 'FullInventory', 'SummaryInventory');
export type ReportBaseEnum = Static<typeof ReportBaseEnum>;

export const ComponentCriterionEnum = oneOf('Active', 'Available', 'Enabled', 'Problem');
export type ComponentCriterionEnum = Static<typeof ComponentCriterionEnum>;

export const AttributeEnum = oneOf('Actual', 'Target', 'MinSet', 'MaxSet');
export type AttributeEnum = Static<typeof AttributeEnum>;

export const GetVariableData = extensible({
  /** Absent means `Actual`. */
  attributeType: optional(AttributeEnum),
  component: Component,
  variable: Variable,
});
export type GetVariableData = Static<typeof GetVariableData>;

export const GetVariableStatusEnum = oneOf(
  'Accepted',
  'Rejected',
  'UnknownComponent',
  'UnknownVariable',
  'NotSupportedAttributeType',
);
export type GetVariableStatusEnum = Static<typeof GetVariableStatusEnum>;

export const GetVariableResult = extensible(
  {
    attributeStatusInfo: optional(StatusInfo),
    attributeStatus: GetVariableStatusEnum,
    /** Absent means `Actual`. */
    attributeType: optional(AttributeEnum),
    attributeValue: optional(text(2500)),
    component: Component,
    variable: Variable,
  },
  [secret('attributeValue', { field: 'variable/name', matches: secretNames })],
);
export type GetVariableResult = Static<typeof GetVariableResult>;

export const MutabilityEnum = oneOf('ReadOnly', 'WriteOnly', 'ReadWrite');
export type MutabilityEnum = Static<typeof MutabilityEnum>;

export const VariableAttribute = extensible({
  /** Absent means `Actual`. */
  type: optional(AttributeEnum),
  value: optional(text(2500)),
  /** Absent means `ReadWrite`. */
  mutability: optional(MutabilityEnum),
  /** Absent means `false`. */
  persistent: optional(boolean),
  /** Absent means `false`. */
  constant: optional(boolean),
});
export type VariableAttribute = Static<typeof VariableAttribute>;

export const DataEnum = oneOf(
  'string',
  'decimal',
  'integer',
  'dateTime',
  'boolean',
  'OptionList',
  'SequenceList',
  'MemberList',
);
export type DataEnum = Static<typeof DataEnum>;

export const VariableCharacteristics = extensible({
  unit: optional(text(16)),
  dataType: DataEnum,
  minLimit: optional(decimal()),
  maxLimit: optional(decimal()),
  valuesList: optional(text(1000)),
  supportsMonitoring: boolean,
});
export type VariableCharacteristics = Static<typeof VariableCharacteristics>;

export const ReportData = extensible(
  {
    component: Component,
    variable: Variable,
    variableAttribute: list(VariableAttribute, { min: 1, max: 4 }),
    variableCharacteristics: optional(VariableCharacteristics),
  },
  [secret('variableAttribute/*/value', { field: 'variable/name', matches: secretNames })],
);
export type ReportData = Static<typeof ReportData>;

export const ResetEnum = oneOf('Immediate', 'OnIdle');
export type ResetEnum = Static<typeof ResetEnum>;

export const ResetStatusEnum = oneOf('Accepted', 'Rejected', 'Scheduled');
export type ResetStatusEnum = Static<typeof ResetStatusEnum>;

export const APNAuthenticationEnum = oneOf('CHAP', 'NONE', 'PAP', 'AUTO');
export type APNAuthenticationEnum = Static<typeof APNAuthenticationEnum>;

export const APN = extensible(
  {
    apn: text(512),
    apnUserName: optional(text(20)),
    apnPassword: optional(text(20)),
    simPin: optional(integer()),
    preferredNetwork: optional(text(6)),
    /** Absent means `false`. */
    useOnlyPreferredNetwork: optional(boolean),
    apnAuthentication: APNAuthenticationEnum,
  },
  [secret('apnPassword'), secret('simPin')],
);
export type APN = Static<typeof APN>;

export const OCPPVersionEnum = oneOf('OCPP12', 'OCPP15', 'OCPP16', 'OCPP20');
export type OCPPVersionEnum = Static<typeof OCPPVersionEnum>;

export const OCPPTransportEnum = oneOf('JSON', 'SOAP');
export type OCPPTransportEnum = Static<typeof OCPPTransportEnum>;

export const OCPPInterfaceEnum = oneOf(
  'Wired0',
  'Wired1',
  'Wired2',
  'Wired3',
  'Wireless0',
  'Wireless1',
  'Wireless2',
  'Wireless3',
);
export type OCPPInterfaceEnum = Static<typeof OCPPInterfaceEnum>;

export const VPNEnum = oneOf('IKEv2', 'IPSec', 'L2TP', 'PPTP');
export type VPNEnum = Static<typeof VPNEnum>;

export const VPN = extensible(
  {
    server: text(512),
    user: text(20),
    group: optional(text(20)),
    password: text(20),
    key: text(255),
    type: VPNEnum,
  },
  [secret('password'), secret('key')],
);
export type VPN = Static<typeof VPN>;

export const NetworkConnectionProfile = extensible(
  {
    apn: optional(APN),
    ocppVersion: OCPPVersionEnum,
    ocppTransport: OCPPTransportEnum,
    ocppCsmsUrl: text(512),
    messageTimeout: integer(),
    securityProfile: integer(),
    ocppInterface: OCPPInterfaceEnum,
    vpn: optional(VPN),
  },
  [urlCredentials('ocppCsmsUrl')],
);
export type NetworkConnectionProfile = Static<typeof NetworkConnectionProfile>;

export const SetNetworkProfileStatusEnum = oneOf('Accepted', 'Rejected', 'Failed');
export type SetNetworkProfileStatusEnum = Static<typeof SetNetworkProfileStatusEnum>;

export const SetVariableData = extensible(
  {
    /** Absent means `Actual`. */
    attributeType: optional(AttributeEnum),
    attributeValue: text(1000),
    component: Component,
    variable: Variable,
  },
  [secret('attributeValue', { field: 'variable/name', matches: secretNames })],
);
export type SetVariableData = Static<typeof SetVariableData>;

export const SetVariableStatusEnum = oneOf(
  'Accepted',
  'Rejected',
  'UnknownComponent',
  'UnknownVariable',
  'NotSupportedAttributeType',
  'RebootRequired',
);
export type SetVariableStatusEnum = Static<typeof SetVariableStatusEnum>;

export const SetVariableResult = extensible({
  /** Absent means `Actual`. */
  attributeType: optional(AttributeEnum),
  attributeStatus: SetVariableStatusEnum,
  attributeStatusInfo: optional(StatusInfo),
  component: Component,
  variable: Variable,
});
export type SetVariableResult = Static<typeof SetVariableResult>;

export const provisioning = block('2.0.1', 'B', {
  /** B01, B02, B03. */
  BootNotification: {
    sentBy: 'CS',
    request: extensible({
      chargingStation: ChargingStation,
      reason: BootReasonEnum,
    }),
    response: extensible({
      currentTime: dateTime,
      interval: integer(),
      status: RegistrationStatusEnum,
      statusInfo: optional(StatusInfo),
    }),
  },
  /** B01, B02, B07, B08. */
  GetBaseReport: {
    sentBy: 'CSMS',
    request: extensible({
      requestId: integer(),
      reportBase: ReportBaseEnum,
    }),
    response: extensible({
      status: GenericDeviceModelStatusEnum,
      statusInfo: optional(StatusInfo),
    }),
  },
  /** B01, B02, B08. */
  GetReport: {
    sentBy: 'CSMS',
    request: extensible({
      componentVariable: optional(list(ComponentVariable, { min: 1 })),
      requestId: integer(),
      componentCriteria: optional(list(ComponentCriterionEnum, { min: 1, max: 4 })),
    }),
    response: extensible({
      status: GenericDeviceModelStatusEnum,
      statusInfo: optional(StatusInfo),
    }),
  },
  /** B06. */
  GetVariables: {
    sentBy: 'CSMS',
    request: extensible({
      getVariableData: list(GetVariableData, { min: 1 }),
    }),
    response: extensible({
      getVariableResult: list(GetVariableResult, { min: 1 }),
    }),
  },
  /** B07, B08. */
  NotifyReport: {
    sentBy: 'CS',
    request: extensible({
      requestId: integer(),
      generatedAt: dateTime,
      reportData: optional(list(ReportData, { min: 1 })),
      /** Absent means `false`. */
      tbc: optional(boolean),
      seqNo: integer(),
    }),
    response: extensible({}),
  },
  /** B10, B11, B12. */
  Reset: {
    sentBy: 'CSMS',
    request: extensible({
      type: ResetEnum,
      evseId: optional(integer()),
    }),
    response: extensible({
      status: ResetStatusEnum,
      statusInfo: optional(StatusInfo),
    }),
  },
  /** B09. */
  SetNetworkProfile: {
    sentBy: 'CSMS',
    request: extensible({
      configurationSlot: integer(),
      connectionData: NetworkConnectionProfile,
    }),
    response: extensible({
      status: SetNetworkProfileStatusEnum,
      statusInfo: optional(StatusInfo),
    }),
  },
  /** B02, B05, B10. */
  SetVariables: {
    sentBy: 'CSMS',
    request: extensible({
      setVariableData: list(SetVariableData, { min: 1 }),
    }),
    response: extensible({
      setVariableResult: list(SetVariableResult, { min: 1 }),
    }),
  },
});
