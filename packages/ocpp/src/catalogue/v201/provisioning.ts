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

/** The SIM card of the station. */
export const Modem = extensible({ iccid: optional(text(20)), imsi: optional(text(20)) });
export type Modem = Static<typeof Modem>;

/** What the station says about itself. */
export const ChargingStation = extensible({
  /** With a client certificate, its common name (B01.FR.11). */
  serialNumber: optional(text(25)),
  model: text(20),
  modem: optional(Modem),
  vendorName: text(50),
  firmwareVersion: optional(text(50)),
});
export type ChargingStation = Static<typeof ChargingStation>;

/** Why the station booted. */
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

/**
 * `Pending`: not yet, the CSMS may configure the station first (B02). `Rejected`: not welcome for now (B03).
 */
export const RegistrationStatusEnum = oneOf('Accepted', 'Pending', 'Rejected');
export type RegistrationStatusEnum = Static<typeof RegistrationStatusEnum>;

/** Which variables go into the report: those that can be set, all, or a summary. */
export const ReportBaseEnum = oneOf('ConfigurationInventory', 'FullInventory', 'SummaryInventory');
export type ReportBaseEnum = Static<typeof ReportBaseEnum>;

/** Components for which the variable of this name is true. */
export const ComponentCriterionEnum = oneOf('Active', 'Available', 'Enabled', 'Problem');
export type ComponentCriterionEnum = Static<typeof ComponentCriterionEnum>;

/**
 * A variable has up to four values: the one in force, the wanted one, and the limits within which it may be
 * set.
 */
export const AttributeEnum = oneOf('Actual', 'Target', 'MinSet', 'MaxSet');
export type AttributeEnum = Static<typeof AttributeEnum>;

/** One value to read. */
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
    /** Absent unless accepted. */
    attributeValue: optional(text(2500)),
    component: Component,
    variable: Variable,
  },
  [secret('attributeValue', { field: 'variable/name', matches: secretNames })],
);
export type GetVariableResult = Static<typeof GetVariableResult>;

/** `WriteOnly` variables hold secrets: their value never comes back. */
export const MutabilityEnum = oneOf('ReadOnly', 'WriteOnly', 'ReadWrite');
export type MutabilityEnum = Static<typeof MutabilityEnum>;

/** One of the values of a variable. */
export const VariableAttribute = extensible({
  /** Absent means `Actual`. */
  type: optional(AttributeEnum),
  /** Absent for `WriteOnly`. */
  value: optional(text(2500)),
  /** Absent means `ReadWrite`. */
  mutability: optional(MutabilityEnum),
  /** Survives a reboot. Absent means `false`. */
  persistent: optional(boolean),
  /** Never changes at run time. Absent means `false`. */
  constant: optional(boolean),
});
export type VariableAttribute = Static<typeof VariableAttribute>;

/** How the text of a value is to be read. The lists are comma-separated. */
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

/** What values the variable takes. */
export const VariableCharacteristics = extensible({
  unit: optional(text(16)),
  dataType: DataEnum,
  minLimit: optional(decimal()),
  /** For text and lists the greatest length. */
  maxLimit: optional(decimal()),
  /** Comma-separated: what an OptionList, MemberList or SequenceList may hold. */
  valuesList: optional(text(1000)),
  supportsMonitoring: boolean,
});
export type VariableCharacteristics = Static<typeof VariableCharacteristics>;

/** One variable of the device model with its values. */
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

/** `OnIdle` waits for transactions to end, `Immediate` ends them. */
export const ResetEnum = oneOf('Immediate', 'OnIdle');
export type ResetEnum = Static<typeof ResetEnum>;

/** `Scheduled`: as soon as no transaction is running. */
export const ResetStatusEnum = oneOf('Accepted', 'Rejected', 'Scheduled');
export type ResetStatusEnum = Static<typeof ResetStatusEnum>;

export const APNAuthenticationEnum = oneOf('CHAP', 'NONE', 'PAP', 'AUTO');
export type APNAuthenticationEnum = Static<typeof APNAuthenticationEnum>;

/** Access to a mobile network. */
export const APN = extensible(
  {
    apn: text(512),
    apnUserName: optional(text(20)),
    apnPassword: optional(text(20)),
    simPin: optional(integer()),
    /** Country and network code of a mobile network, one after the other. */
    preferredNetwork: optional(text(6)),
    /** Absent means `false`. */
    useOnlyPreferredNetwork: optional(boolean),
    apnAuthentication: APNAuthenticationEnum,
  },
  [secret('apnPassword'), secret('simPin')],
);
export type APN = Static<typeof APN>;

/** The version to speak in this profile. */
export const OCPPVersionEnum = oneOf('OCPP12', 'OCPP15', 'OCPP16', 'OCPP20');
export type OCPPVersionEnum = Static<typeof OCPPVersionEnum>;

/** SOAP is for versions before 2.0 only. */
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

/** Access to a virtual private network. */
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

/**
 * How the station reaches the CSMS: kept in a slot, used in the order of NetworkConfigurationPriority (B09,
 * B10).
 */
export const NetworkConnectionProfile = extensible(
  {
    apn: optional(APN),
    ocppVersion: OCPPVersionEnum,
    ocppTransport: OCPPTransportEnum,
    /** Without the station's identity, which is appended. */
    ocppCsmsUrl: text(512),
    /** Seconds that the station waits for an answer. */
    messageTimeout: integer(),
    /** 1 to 3; 0 is for 1.6 only. */
    securityProfile: integer(),
    ocppInterface: OCPPInterfaceEnum,
    vpn: optional(VPN),
  },
  [urlCredentials('ocppCsmsUrl')],
);
export type NetworkConnectionProfile = Static<typeof NetworkConnectionProfile>;

export const SetNetworkProfileStatusEnum = oneOf('Accepted', 'Rejected', 'Failed');
export type SetNetworkProfileStatusEnum = Static<typeof SetNetworkProfileStatusEnum>;

/** One value to set. */
export const SetVariableData = extensible(
  {
    /** Absent means `Actual`. */
    attributeType: optional(AttributeEnum),
    /** May be empty. The station tells its limit in ConfigurationValueSize. */
    attributeValue: text(1000),
    component: Component,
    variable: Variable,
  },
  [secret('attributeValue', { field: 'variable/name', matches: secretNames })],
);
export type SetVariableData = Static<typeof SetVariableData>;

/** `RebootRequired`: taken, in force after the next boot. */
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
  /** The station has booted and asks to be admitted. B01, B02, B03. */
  BootNotification: {
    sentBy: 'CS',
    request: extensible({ chargingStation: ChargingStation, reason: BootReasonEnum }),
    response: extensible({
      /** The station sets its clock by it. */
      currentTime: dateTime,
      /**
       * Seconds: heartbeat interval when accepted; otherwise how long to wait before the next
       * BootNotification, 0 leaving it to the station.
       */
      interval: integer(),
      status: RegistrationStatusEnum,
      statusInfo: optional(StatusInfo),
    }),
  },
  /** Asks for a report of the device model; it comes as NotifyReport. B01, B02, B07, B08. */
  GetBaseReport: {
    sentBy: 'CSMS',
    request: extensible({
      /** Given by whoever asked, returned with what follows. */
      requestId: integer(),
      reportBase: ReportBaseEnum,
    }),
    response: extensible({ status: GenericDeviceModelStatusEnum, statusInfo: optional(StatusInfo) }),
  },
  /** Asks for chosen parts of the device model; they come as NotifyReport. B01, B02, B08. */
  GetReport: {
    sentBy: 'CSMS',
    request: extensible({
      /** Absent means all. */
      componentVariable: optional(list(ComponentVariable, { min: 1 })),
      /** Given by whoever asked, returned with what follows. */
      requestId: integer(),
      componentCriteria: optional(list(ComponentCriterionEnum, { min: 1, max: 4 })),
    }),
    response: extensible({ status: GenericDeviceModelStatusEnum, statusInfo: optional(StatusInfo) }),
  },
  /** Reads variables. B06. */
  GetVariables: {
    sentBy: 'CSMS',
    request: extensible({ getVariableData: list(GetVariableData, { min: 1 }) }),
    response: extensible({ getVariableResult: list(GetVariableResult, { min: 1 }) }),
  },
  /** Brings what GetReport or GetBaseReport asked for. B07, B08. */
  NotifyReport: {
    sentBy: 'CS',
    request: extensible({
      /** Given by whoever asked, returned with what follows. */
      requestId: integer(),
      generatedAt: dateTime,
      reportData: optional(list(ReportData, { min: 1 })),
      /** To be continued: more parts follow. Absent means `false`. */
      tbc: optional(boolean),
      /** Counts the parts from 0. */
      seqNo: integer(),
    }),
    response: extensible({}),
  },
  /** Reboots. B10, B11, B12. */
  Reset: {
    sentBy: 'CSMS',
    request: extensible({
      type: ResetEnum,
      /** Absent means the whole station. */
      evseId: optional(integer()),
    }),
    response: extensible({ status: ResetStatusEnum, statusInfo: optional(StatusInfo) }),
  },
  /** Writes a slot with a way to reach the CSMS. B09. */
  SetNetworkProfile: {
    sentBy: 'CSMS',
    request: extensible({
      /** Where to keep it; what was there is overwritten. */
      configurationSlot: integer(),
      connectionData: NetworkConnectionProfile,
    }),
    response: extensible({ status: SetNetworkProfileStatusEnum, statusInfo: optional(StatusInfo) }),
  },
  /** Sets variables. B02, B05, B10. */
  SetVariables: {
    sentBy: 'CSMS',
    request: extensible({ setVariableData: list(SetVariableData, { min: 1 }) }),
    response: extensible({ setVariableResult: list(SetVariableResult, { min: 1 }) }),
  },
});
