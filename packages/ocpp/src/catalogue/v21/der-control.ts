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

/** What was wrong with the grid. */
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

/** A point of a curve; the axes follow from its kind. */
export const DERCurvePoints = extensible({ x: decimal(), y: decimal() });
export type DERCurvePoints = Static<typeof DERCurvePoints>;

/** When things count as normal again after an event in the grid. */
export const Hysteresis = extensible({
  hysteresisHigh: optional(decimal()),
  hysteresisLow: optional(decimal()),
  /** Seconds. */
  hysteresisDelay: optional(decimal()),
  /** Percent per second. */
  hysteresisGradient: optional(decimal()),
});
export type Hysteresis = Static<typeof Hysteresis>;

/** Settings of a volt-var curve. */
export const ReactivePowerParams = extensible({
  /** Percent. */
  vRef: optional(decimal()),
  autonomousVRefEnable: optional(boolean),
  autonomousVRefTimeConstant: optional(decimal()),
});
export type ReactivePowerParams = Static<typeof ReactivePowerParams>;

/** Which power to keep feeding in while riding through a fault. */
export const PowerDuringCessationEnum = oneOf('Active', 'Reactive');
export type PowerDuringCessationEnum = Static<typeof PowerDuringCessationEnum>;

/** Protection by the ten-minute mean of the voltage (EN 50549-1, 4.9.3.4). */
export const VoltageParams = extensible({
  hv10MinMeanValue: optional(decimal()),
  hv10MinMeanTripDelay: optional(decimal()),
  powerDuringCessation: optional(PowerDuringCessationEnum),
});
export type VoltageParams = Static<typeof VoltageParams>;

/** The unit of a curve's y axis. */
export const DERUnitEnum = oneOf(
  'Not_Applicable',
  'PctMaxW',
  'PctMaxVar',
  'PctWAvail',
  'PctVarAvail',
  'PctEffectiveV',
);
export type DERUnitEnum = Static<typeof DERUnitEnum>;

/** A grid function given as a curve. */
export const DERCurve = extensible({
  curveData: list(DERCurvePoints, { min: 1, max: 10 }),
  hysteresis: optional(Hysteresis),
  /** 0 is the highest. */
  priority: integer({ minimum: 0 }),
  reactivePowerParams: optional(ReactivePowerParams),
  voltageParams: optional(VoltageParams),
  yUnit: DERUnitEnum,
  /** Seconds to 90 % of a new target. */
  responseTime: optional(decimal()),
  /** Absent for a default. */
  startTime: optional(dateTime),
  /** Seconds; absent for a default. */
  duration: optional(decimal()),
});
export type DERCurve = Static<typeof DERCurve>;

/** One that is installed. */
export const DERCurveGet = extensible({
  curve: DERCurve,
  id: text(36),
  curveType: DERControlEnum,
  /** In force whenever no scheduled control is. */
  isDefault: boolean,
  /** Another one of higher priority is in force. */
  isSuperseded: boolean,
});
export type DERCurveGet = Static<typeof DERCurveGet>;

/** What the grid has to be like before an inverter may feed in. */
export const EnterService = extensible({
  /** 0 is the highest. */
  priority: integer({ minimum: 0 }),
  highVoltage: decimal(),
  lowVoltage: decimal(),
  highFreq: decimal(),
  lowFreq: decimal(),
  delay: optional(decimal()),
  randomDelay: optional(decimal()),
  /** Seconds. */
  rampRate: optional(decimal()),
});
export type EnterService = Static<typeof EnterService>;

/** One that is installed. */
export const EnterServiceGet = extensible({ enterService: EnterService, id: text(36) });
export type EnterServiceGet = Static<typeof EnterServiceGet>;

/** A fixed power factor. */
export const FixedPF = extensible({
  /** 0 is the highest. */
  priority: integer({ minimum: 0 }),
  /** cos phi, 0 to 1. */
  displacement: decimal(),
  /** True absorbs reactive power, false injects it. */
  excitation: boolean,
  startTime: optional(dateTime),
  /** Seconds. */
  duration: optional(decimal()),
});
export type FixedPF = Static<typeof FixedPF>;

/** One that is installed. */
export const FixedPFGet = extensible({
  fixedPF: FixedPF,
  id: text(36),
  /** In force whenever no scheduled control is. */
  isDefault: boolean,
  /** Another one of higher priority is in force. */
  isSuperseded: boolean,
});
export type FixedPFGet = Static<typeof FixedPFGet>;

/** A fixed reactive power. */
export const FixedVar = extensible({
  /** 0 is the highest. */
  priority: integer({ minimum: 0 }),
  /** Percent, -100 to 100; negative while charging. */
  setpoint: decimal(),
  unit: DERUnitEnum,
  startTime: optional(dateTime),
  /** Seconds. */
  duration: optional(decimal()),
});
export type FixedVar = Static<typeof FixedVar>;

/** One that is installed. */
export const FixedVarGet = extensible({
  fixedVar: FixedVar,
  id: text(36),
  /** In force whenever no scheduled control is. */
  isDefault: boolean,
  /** Another one of higher priority is in force. */
  isSuperseded: boolean,
});
export type FixedVarGet = Static<typeof FixedVarGet>;

/** Power as a function of how far the frequency is off. */
export const FreqDroop = extensible({
  /** 0 is the highest. */
  priority: integer({ minimum: 0 }),
  overFreq: decimal(),
  underFreq: decimal(),
  overDroop: decimal(),
  underDroop: decimal(),
  /** Seconds to 90 % of a new target. */
  responseTime: decimal(),
  startTime: optional(dateTime),
  /** Seconds. */
  duration: optional(decimal()),
});
export type FreqDroop = Static<typeof FreqDroop>;

/** One that is installed. */
export const FreqDroopGet = extensible({
  freqDroop: FreqDroop,
  id: text(36),
  /** In force whenever no scheduled control is. */
  isDefault: boolean,
  /** Another one of higher priority is in force. */
  isSuperseded: boolean,
});
export type FreqDroopGet = Static<typeof FreqDroopGet>;

/** How fast power may change. */
export const Gradient = extensible({
  /** 0 is the highest. */
  priority: integer({ minimum: 0 }),
  /** Seconds; 0 where it does not apply. */
  gradient: decimal(),
  /** Seconds; 0 where it does not apply. */
  softGradient: decimal(),
});
export type Gradient = Static<typeof Gradient>;

/** One that is installed. */
export const GradientGet = extensible({ gradient: Gradient, id: text(36) });
export type GradientGet = Static<typeof GradientGet>;

/** A cap on what is fed in. */
export const LimitMaxDischarge = extensible({
  /** 0 is the highest. */
  priority: integer({ minimum: 0 }),
  /** Percent of the rated power. */
  pctMaxDischargePower: optional(decimal()),
  powerMonitoringMustTrip: optional(DERCurve),
  startTime: optional(dateTime),
  /** Seconds. */
  duration: optional(decimal()),
});
export type LimitMaxDischarge = Static<typeof LimitMaxDischarge>;

/** One that is installed. */
export const LimitMaxDischargeGet = extensible({
  id: text(36),
  /** In force whenever no scheduled control is. */
  isDefault: boolean,
  /** Another one of higher priority is in force. */
  isSuperseded: boolean,
  limitMaxDischarge: LimitMaxDischarge,
});
export type LimitMaxDischargeGet = Static<typeof LimitMaxDischargeGet>;

export const derControl = block('2.1', 'R', {
  /** Removes DER controls. R04. */
  ClearDERControl: {
    sentBy: 'CSMS',
    request: extensible({
      /** In force whenever no scheduled control is. */
      isDefault: boolean,
      controlType: optional(DERControlEnum),
      controlId: optional(text(36)),
    }),
    response: extensible({ status: DERControlStatusEnum, statusInfo: optional(StatusInfo) }),
  },
  /** Asks for DER controls; they come as ReportDERControl. R04. */
  GetDERControl: {
    sentBy: 'CSMS',
    request: extensible({
      /** Given by whoever asked, returned with what follows. */
      requestId: integer(),
      /** In force whenever no scheduled control is. */
      isDefault: optional(boolean),
      controlType: optional(DERControlEnum),
      controlId: optional(text(36)),
    }),
    response: extensible({ status: DERControlStatusEnum, statusInfo: optional(StatusInfo) }),
  },
  /** Something is wrong with the grid, or right again. R02, R03, R04, R05. */
  NotifyDERAlarm: {
    sentBy: 'CS',
    request: extensible({
      controlType: DERControlEnum,
      gridEventFault: optional(GridEventFaultEnum),
      /** Absent means that it began. */
      alarmEnded: optional(boolean),
      timestamp: dateTime,
      extraInfo: optional(text(200)),
    }),
    response: extensible({}),
  },
  /** A DER control came into force or went out of it. R04. */
  NotifyDERStartStop: {
    sentBy: 'CS',
    request: extensible({
      controlId: text(36),
      started: boolean,
      timestamp: dateTime,
      /** Controls that this one puts out of force. */
      supersededIds: optional(list(text(36), { min: 1, max: 24 })),
    }),
    response: extensible({}),
  },
  /** Brings what GetDERControl asked for. R04. */
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
      /** Given by whoever asked, returned with what follows. */
      requestId: integer(),
      /** To be continued: more parts follow. */
      tbc: optional(boolean),
    }),
    response: extensible({}),
  },
  /** Installs a DER control. R01, R02, R03, R04, R05. */
  SetDERControl: {
    sentBy: 'CSMS',
    request: extensible({
      /** In force whenever no scheduled control is. */
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
      /** Controls that this one puts out of force. */
      supersededIds: optional(list(text(36), { min: 1, max: 24 })),
    }),
  },
});
