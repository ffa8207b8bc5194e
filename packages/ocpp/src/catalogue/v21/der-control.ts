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
import { DERControlEnum, StatusInfo } from './data-types/general.ts';

export const DERControlStatusEnum = oneOf('Accepted', 'Rejected', 'NotSupported', 'NotFound');
export type DERControlStatusEnum = Static<typeof DERControlStatusEnum>;

export const GridEventFaultEnum = oneOf(
  'CurrentImbalance',
  'LocalEmergency',
  'LowInputPower',
  'OverCurrent',
  'OverFrequency',
  'OverVoltage',
  'PhaseRotation',
  'RemoteEmergency',
  'UnderFrequency',
  'UnderVoltage',
  'VoltageImbalance',
);
export type GridEventFaultEnum = Static<typeof GridEventFaultEnum>;

export const DERCurvePoints = extensible({
  x: decimal(),
  y: decimal(),
});
export type DERCurvePoints = Static<typeof DERCurvePoints>;

export const Hysteresis = extensible({
  hysteresisHigh: optional(decimal()),
  hysteresisLow: optional(decimal()),
  hysteresisDelay: optional(decimal()),
  hysteresisGradient: optional(decimal()),
});
export type Hysteresis = Static<typeof Hysteresis>;

export const ReactivePowerParams = extensible({
  vRef: optional(decimal()),
  autonomousVRefEnable: optional(boolean),
  autonomousVRefTimeConstant: optional(decimal()),
});
export type ReactivePowerParams = Static<typeof ReactivePowerParams>;

export const PowerDuringCessationEnum = oneOf('Active', 'Reactive');
export type PowerDuringCessationEnum = Static<typeof PowerDuringCessationEnum>;

export const VoltageParams = extensible({
  hv10MinMeanValue: optional(decimal()),
  hv10MinMeanTripDelay: optional(decimal()),
  powerDuringCessation: optional(PowerDuringCessationEnum),
});
export type VoltageParams = Static<typeof VoltageParams>;

export const DERUnitEnum = oneOf(
  'Not_Applicable',
  'PctMaxW',
  'PctMaxVar',
  'PctWAvail',
  'PctVarAvail',
  'PctEffectiveV',
);
export type DERUnitEnum = Static<typeof DERUnitEnum>;

export const DERCurve = extensible({
  curveData: list(DERCurvePoints, { min: 1, max: 10 }),
  hysteresis: optional(Hysteresis),
  priority: integer({ minimum: 0 }),
  reactivePowerParams: optional(ReactivePowerParams),
  voltageParams: optional(VoltageParams),
  yUnit: DERUnitEnum,
  responseTime: optional(decimal()),
  startTime: optional(dateTime),
  duration: optional(decimal()),
});
export type DERCurve = Static<typeof DERCurve>;

export const DERCurveGet = extensible({
  curve: DERCurve,
  id: text(36),
  curveType: DERControlEnum,
  isDefault: boolean,
  isSuperseded: boolean,
});
export type DERCurveGet = Static<typeof DERCurveGet>;

export const EnterService = extensible({
  priority: integer({ minimum: 0 }),
  highVoltage: decimal(),
  lowVoltage: decimal(),
  highFreq: decimal(),
  lowFreq: decimal(),
  delay: optional(decimal()),
  randomDelay: optional(decimal()),
  rampRate: optional(decimal()),
});
export type EnterService = Static<typeof EnterService>;

export const EnterServiceGet = extensible({
  enterService: EnterService,
  id: text(36),
});
export type EnterServiceGet = Static<typeof EnterServiceGet>;

export const FixedPF = extensible({
  priority: integer({ minimum: 0 }),
  displacement: decimal(),
  excitation: boolean,
  startTime: optional(dateTime),
  duration: optional(decimal()),
});
export type FixedPF = Static<typeof FixedPF>;

export const FixedPFGet = extensible({
  fixedPF: FixedPF,
  id: text(36),
  isDefault: boolean,
  isSuperseded: boolean,
});
export type FixedPFGet = Static<typeof FixedPFGet>;

export const FixedVar = extensible({
  priority: integer({ minimum: 0 }),
  setpoint: decimal(),
  unit: DERUnitEnum,
  startTime: optional(dateTime),
  duration: optional(decimal()),
});
export type FixedVar = Static<typeof FixedVar>;

export const FixedVarGet = extensible({
  fixedVar: FixedVar,
  id: text(36),
  isDefault: boolean,
  isSuperseded: boolean,
});
export type FixedVarGet = Static<typeof FixedVarGet>;

export const FreqDroop = extensible({
  priority: integer({ minimum: 0 }),
  overFreq: decimal(),
  underFreq: decimal(),
  overDroop: decimal(),
  underDroop: decimal(),
  responseTime: decimal(),
  startTime: optional(dateTime),
  duration: optional(decimal()),
});
export type FreqDroop = Static<typeof FreqDroop>;

export const FreqDroopGet = extensible({
  freqDroop: FreqDroop,
  id: text(36),
  isDefault: boolean,
  isSuperseded: boolean,
});
export type FreqDroopGet = Static<typeof FreqDroopGet>;

export const Gradient = extensible({
  priority: integer({ minimum: 0 }),
  gradient: decimal(),
  softGradient: decimal(),
});
export type Gradient = Static<typeof Gradient>;

export const GradientGet = extensible({
  gradient: Gradient,
  id: text(36),
});
export type GradientGet = Static<typeof GradientGet>;

export const LimitMaxDischarge = extensible({
  priority: integer({ minimum: 0 }),
  pctMaxDischargePower: optional(decimal()),
  powerMonitoringMustTrip: optional(DERCurve),
  startTime: optional(dateTime),
  duration: optional(decimal()),
});
export type LimitMaxDischarge = Static<typeof LimitMaxDischarge>;

export const LimitMaxDischargeGet = extensible({
  id: text(36),
  isDefault: boolean,
  isSuperseded: boolean,
  limitMaxDischarge: LimitMaxDischarge,
});
export type LimitMaxDischargeGet = Static<typeof LimitMaxDischargeGet>;

export const derControl = block('2.1', 'R', {
  /** R04. */
  ClearDERControl: {
    sentBy: 'CSMS',
    request: extensible({
      isDefault: boolean,
      controlType: optional(DERControlEnum),
      controlId: optional(text(36)),
    }),
    response: extensible({
      status: DERControlStatusEnum,
      statusInfo: optional(StatusInfo),
    }),
  },
  /** R04. */
  GetDERControl: {
    sentBy: 'CSMS',
    request: extensible({
      requestId: integer(),
      isDefault: optional(boolean),
      controlType: optional(DERControlEnum),
      controlId: optional(text(36)),
    }),
    response: extensible({
      status: DERControlStatusEnum,
      statusInfo: optional(StatusInfo),
    }),
  },
  /** R02, R03, R04, R05. */
  NotifyDERAlarm: {
    sentBy: 'CS',
    request: extensible({
      controlType: DERControlEnum,
      gridEventFault: optional(GridEventFaultEnum),
      alarmEnded: optional(boolean),
      timestamp: dateTime,
      extraInfo: optional(text(200)),
    }),
    response: extensible({}),
  },
  /** R04. */
  NotifyDERStartStop: {
    sentBy: 'CS',
    request: extensible({
      controlId: text(36),
      started: boolean,
      timestamp: dateTime,
      supersededIds: optional(list(text(36), { min: 1, max: 24 })),
    }),
    response: extensible({}),
  },
  /** R04. */
  ReportDERControl: {
    sentBy: 'CS',
    request: extensible({
      curve: optional(list(DERCurveGet, { min: 1, max: 24 })),
      enterService: optional(list(EnterServiceGet, { min: 1, max: 24 })),
      fixedPFAbsorb: optional(list(FixedPFGet, { min: 1, max: 24 })),
      fixedPFInject: optional(list(FixedPFGet, { min: 1, max: 24 })),
      fixedVar: optional(list(FixedVarGet, { min: 1, max: 24 })),
      freqDroop: optional(list(FreqDroopGet, { min: 1, max: 24 })),
      gradient: optional(list(GradientGet, { min: 1, max: 24 })),
      limitMaxDischarge: optional(list(LimitMaxDischargeGet, { min: 1, max: 24 })),
      requestId: integer(),
      tbc: optional(boolean),
    }),
    response: extensible({}),
  },
  /** R01, R02, R03, R04, R05. */
  SetDERControl: {
    sentBy: 'CSMS',
    request: extensible({
      isDefault: boolean,
      controlId: text(36),
      controlType: DERControlEnum,
      curve: optional(DERCurve),
      enterService: optional(EnterService),
      fixedPFAbsorb: optional(FixedPF),
      fixedPFInject: optional(FixedPF),
      fixedVar: optional(FixedVar),
      freqDroop: optional(FreqDroop),
      gradient: optional(Gradient),
      limitMaxDischarge: optional(LimitMaxDischarge),
    }),
    response: extensible({
      status: DERControlStatusEnum,
      statusInfo: optional(StatusInfo),
      supersededIds: optional(list(text(36), { min: 1, max: 24 })),
    }),
  },
});
