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
import { personal } from '../sensitivity.ts';
import {
  ChargingProfile,
  ChargingProfilePurposeEnum,
  ChargingRateUnitEnum,
  ChargingSchedule,
  ChargingSchedulePeriod,
} from './data-types/charging-profile.ts';
import {
  DERControlEnum,
  EnergyTransferModeEnum,
  GenericStatusEnum,
  StatusInfo,
} from './data-types/general.ts';

/** Which profiles to clear; those that match everything given. */
export const ClearChargingProfile = extensible({
  evseId: optional(integer({ minimum: 0 })),
  chargingProfilePurpose: optional(ChargingProfilePurposeEnum),
  stackLevel: optional(integer({ minimum: 0 })),
});
export type ClearChargingProfile = Static<typeof ClearChargingProfile>;

export const ClearChargingProfileStatusEnum = oneOf('Accepted', 'Unknown');
export type ClearChargingProfileStatusEnum = Static<typeof ClearChargingProfileStatusEnum>;

/** Which profiles are asked for; those that match everything given. */
export const ChargingProfileCriterion = extensible({
  chargingProfilePurpose: optional(ChargingProfilePurposeEnum),
  stackLevel: optional(integer({ minimum: 0 })),
  chargingProfileId: optional(list(integer(), { min: 1 })),
  chargingLimitSource: optional(list(text(20), { min: 1, max: 4 })),
});
export type ChargingProfileCriterion = Static<typeof ChargingProfileCriterion>;

export const GetChargingProfileStatusEnum = oneOf('Accepted', 'NoProfiles');
export type GetChargingProfileStatusEnum = Static<typeof GetChargingProfileStatusEnum>;

/** What remains of all profiles together: the schedule in force. */
export const CompositeSchedule = extensible({
  evseId: integer({ minimum: 0 }),
  /** Seconds. */
  duration: integer(),
  scheduleStart: dateTime,
  chargingRateUnit: ChargingRateUnitEnum,
  chargingSchedulePeriod: list(ChargingSchedulePeriod, { min: 1 }),
});
export type CompositeSchedule = Static<typeof CompositeSchedule>;

/** Who limits, and how firmly. */
export const ChargingLimit = extensible({
  chargingLimitSource: text(20),
  /** Capacity gained from local generation rather than taken away. */
  isLocalGeneration: optional(boolean),
  /** The grid depends on it. */
  isGridCritical: optional(boolean),
});
export type ChargingLimit = Static<typeof ChargingLimit>;

/** What the EV takes by AC (ISO 15118-2). */
export const ACChargingParameters = extensible({
  /** Wh, with what preconditioning takes. */
  energyAmount: decimal(),
  /** A per phase. */
  evMinCurrent: decimal(),
  /** A per phase, with regard to the cable. */
  evMaxCurrent: decimal(),
  /** V. */
  evMaxVoltage: decimal(),
});
export type ACChargingParameters = Static<typeof ACChargingParameters>;

/** How the inverter notices that it has been cut off from the grid. */
export const IslandingDetectionEnum = oneOf(
  'NoAntiIslandingSupport',
  'RoCoF',
  'UVP_OVP',
  'UFP_OFP',
  'VoltageVectorShift',
  'ZeroCrossingDetection',
  'OtherPassive',
  'ImpedanceMeasurement',
  'ImpedanceAtFrequency',
  'SlipModeFrequencyShift',
  'SandiaFrequencyShift',
  'SandiaVoltageShift',
  'FrequencyJump',
  'RCLQFactor',
  'OtherActive',
);
export type IslandingDetectionEnum = Static<typeof IslandingDetectionEnum>;

/**
 * The inverter of the EV as agreed over ISO 15118-20, for DER control. `ev...` is the EV's own; the rest is
 * what EV and EVSE both can. Values are for all phases, or for L1 where L2 and L3 are given.
 */
export const DERChargingParameters = extensible(
  {
    evSupportedDERControl: optional(list(DERControlEnum, { min: 1 })),
    /** W, at the over-excited power factor. */
    evOverExcitedMaxDischargePower: optional(decimal()),
    evOverExcitedPowerFactor: optional(decimal()),
    /** W, at the under-excited power factor. */
    evUnderExcitedMaxDischargePower: optional(decimal()),
    evUnderExcitedPowerFactor: optional(decimal()),
    /** VA. */
    maxApparentPower: optional(decimal()),
    /** VA. */
    maxChargeApparentPower: optional(decimal()),
    maxChargeApparentPower_L2: optional(decimal()),
    maxChargeApparentPower_L3: optional(decimal()),
    /** VA. */
    maxDischargeApparentPower: optional(decimal()),
    maxDischargeApparentPower_L2: optional(decimal()),
    maxDischargeApparentPower_L3: optional(decimal()),
    /** var. */
    maxChargeReactivePower: optional(decimal()),
    maxChargeReactivePower_L2: optional(decimal()),
    maxChargeReactivePower_L3: optional(decimal()),
    /** var. */
    minChargeReactivePower: optional(decimal()),
    minChargeReactivePower_L2: optional(decimal()),
    minChargeReactivePower_L3: optional(decimal()),
    /** var. */
    maxDischargeReactivePower: optional(decimal()),
    maxDischargeReactivePower_L2: optional(decimal()),
    maxDischargeReactivePower_L3: optional(decimal()),
    /** var. */
    minDischargeReactivePower: optional(decimal()),
    minDischargeReactivePower_L2: optional(decimal()),
    minDischargeReactivePower_L3: optional(decimal()),
    /** V. */
    nominalVoltage: optional(decimal()),
    /** V between the station's connection and the utility's. */
    nominalVoltageOffset: optional(decimal()),
    /** V. */
    maxNominalVoltage: optional(decimal()),
    /** V. */
    minNominalVoltage: optional(decimal()),
    evInverterManufacturer: optional(text(50)),
    evInverterModel: optional(text(50)),
    evInverterSerialNumber: optional(text(50)),
    evInverterSwVersion: optional(text(50)),
    evInverterHwVersion: optional(text(50)),
    evIslandingDetectionMethod: optional(list(IslandingDetectionEnum, { min: 1 })),
    evIslandingTripTime: optional(decimal()),
    evMaximumLevel1DCInjection: optional(decimal()),
    evDurationLevel1DCInjection: optional(decimal()),
    evMaximumLevel2DCInjection: optional(decimal()),
    evDurationLevel2DCInjection: optional(decimal()),
    /** Siemens. */
    evReactiveSusceptance: optional(decimal()),
    /** Wh that the EV will give in this session. */
    evSessionTotalDischargeEnergyAvailable: optional(decimal()),
  },
  [personal('evInverterSerialNumber')],
);
export type DERChargingParameters = Static<typeof DERChargingParameters>;

/** A price from a level of power on. */
export const EVPriceRule = extensible({
  energyFee: decimal(),
  /** W; the rule holds from here to the next one's start. */
  powerRangeStart: decimal(),
});
export type EVPriceRule = Static<typeof EVPriceRule>;

/** The prices of one step. */
export const EVAbsolutePriceScheduleEntry = extensible({
  /** Seconds. */
  duration: integer(),
  evPriceRule: list(EVPriceRule, { min: 1, max: 8 }),
});
export type EVAbsolutePriceScheduleEntry = Static<typeof EVAbsolutePriceScheduleEntry>;

/** Prices at which the EV would give energy back. */
export const EVAbsolutePriceSchedule = extensible({
  /** When the schedule begins. */
  timeAnchor: dateTime,
  /** ISO 4217. */
  currency: text(3),
  evAbsolutePriceScheduleEntries: list(EVAbsolutePriceScheduleEntry, { min: 1, max: 1024 }),
  /** URN of ISO 15118-20 that says how the fee is worked out. */
  priceAlgorithm: text(2000),
});
export type EVAbsolutePriceSchedule = Static<typeof EVAbsolutePriceSchedule>;

/** One step of it. */
export const EVPowerScheduleEntry = extensible({
  /** Seconds. */
  duration: integer(),
  /** W; negative gives back. */
  power: decimal(),
});
export type EVPowerScheduleEntry = Static<typeof EVPowerScheduleEntry>;

/** Power that the EV would give back over time. */
export const EVPowerSchedule = extensible({
  evPowerScheduleEntries: list(EVPowerScheduleEntry, { min: 1, max: 1024 }),
  /** When the schedule begins. */
  timeAnchor: dateTime,
});
export type EVPowerSchedule = Static<typeof EVPowerSchedule>;

/** What the EV would give back, and at what price. */
export const EVEnergyOffer = extensible({
  evAbsolutePriceSchedule: optional(EVAbsolutePriceSchedule),
  evPowerSchedule: EVPowerSchedule,
});
export type EVEnergyOffer = Static<typeof EVEnergyOffer>;

/** What the EV takes by DC (ISO 15118-2). */
export const DCChargingParameters = extensible({
  /** A, with regard to the cable. */
  evMaxCurrent: decimal(),
  /** V. */
  evMaxVoltage: decimal(),
  /** W. */
  evMaxPower: optional(decimal()),
  /** Wh. */
  evEnergyCapacity: optional(decimal()),
  /** Wh, with what preconditioning takes. */
  energyAmount: optional(decimal()),
  /** Percent. */
  stateOfCharge: optional(integer({ minimum: 0, maximum: 100 })),
  /** Percent at which the EV counts as full. */
  fullSoC: optional(integer({ minimum: 0, maximum: 100 })),
  /** Percent at which fast charging ends. */
  bulkSoC: optional(integer({ minimum: 0, maximum: 100 })),
});
export type DCChargingParameters = Static<typeof DCChargingParameters>;

/**
 * What EV and EVSE together can do in either direction (ISO 15118-20). Powers are for all phases, or for L1
 * where L2 and L3 are given.
 */
export const V2XChargingParameters = extensible({
  /** W. */
  minChargePower: optional(decimal()),
  minChargePower_L2: optional(decimal()),
  minChargePower_L3: optional(decimal()),
  /** W. */
  maxChargePower: optional(decimal()),
  maxChargePower_L2: optional(decimal()),
  maxChargePower_L3: optional(decimal()),
  /** W. */
  minDischargePower: optional(decimal()),
  minDischargePower_L2: optional(decimal()),
  minDischargePower_L3: optional(decimal()),
  /** W. */
  maxDischargePower: optional(decimal()),
  maxDischargePower_L2: optional(decimal()),
  maxDischargePower_L3: optional(decimal()),
  /** A. */
  minChargeCurrent: optional(decimal()),
  /** A. */
  maxChargeCurrent: optional(decimal()),
  /** A. */
  minDischargeCurrent: optional(decimal()),
  /** A. */
  maxDischargeCurrent: optional(decimal()),
  /** V. */
  minVoltage: optional(decimal()),
  /** V. */
  maxVoltage: optional(decimal()),
  /** Wh to the wanted charge. */
  evTargetEnergyRequest: optional(decimal()),
  /** Wh to the least charge. */
  evMinEnergyRequest: optional(decimal()),
  /** Wh to the greatest charge. */
  evMaxEnergyRequest: optional(decimal()),
  /** Wh to the lower end of the range for cycling; positive when below it. */
  evMinV2XEnergyRequest: optional(decimal()),
  /** Wh to the upper end of the range for cycling; negative when above it. */
  evMaxV2XEnergyRequest: optional(decimal()),
  /** Percent at departure. */
  targetSoC: optional(integer({ minimum: 0, maximum: 100 })),
});
export type V2XChargingParameters = Static<typeof V2XChargingParameters>;

/**
 * `DynamicControl`: the EV follows setpoints. `ScheduledControl`: it follows a plan agreed beforehand, which
 * is also meant where this is absent.
 */
export const ControlModeEnum = oneOf('ScheduledControl', 'DynamicControl');
export type ControlModeEnum = Static<typeof ControlModeEnum>;

/** Who may change the departure time and the wanted charge: the EV alone, or the station and CSMS too. */
export const MobilityNeedsModeEnum = oneOf('EVCC', 'EVCC_SECC');
export type MobilityNeedsModeEnum = Static<typeof MobilityNeedsModeEnum>;

/** What the EV wants, as told over ISO 15118. */
export const ChargingNeeds = extensible({
  acChargingParameters: optional(ACChargingParameters),
  derChargingParameters: optional(DERChargingParameters),
  evEnergyOffer: optional(EVEnergyOffer),
  requestedEnergyTransfer: EnergyTransferModeEnum,
  dcChargingParameters: optional(DCChargingParameters),
  v2xChargingParameters: optional(V2XChargingParameters),
  availableEnergyTransfer: optional(list(EnergyTransferModeEnum, { min: 1 })),
  controlMode: optional(ControlModeEnum),
  mobilityNeedsMode: optional(MobilityNeedsModeEnum),
  departureTime: optional(dateTime),
});
export type ChargingNeeds = Static<typeof ChargingNeeds>;

/** `Processing`: a profile will follow. */
export const NotifyEVChargingNeedsStatusEnum = oneOf(
  'Accepted',
  'Rejected',
  'Processing',
  'NoChargingProfile',
);
export type NotifyEVChargingNeedsStatusEnum = Static<typeof NotifyEVChargingNeedsStatusEnum>;

/** New values for the running period of a dynamic profile, in its unit. */
export const ChargingScheduleUpdate = extensible({
  limit: optional(decimal()),
  /** Where phases differ, `limit` is for L1. */
  limit_L2: optional(decimal()),
  /** Where phases differ, `limit` is for L1. */
  limit_L3: optional(decimal()),
  /** Zero or negative: how much may be given back. */
  dischargeLimit: optional(decimal({ maximum: 0 })),
  dischargeLimit_L2: optional(decimal({ maximum: 0 })),
  dischargeLimit_L3: optional(decimal({ maximum: 0 })),
  /** What to follow as closely as possible; negative gives back. */
  setpoint: optional(decimal()),
  setpoint_L2: optional(decimal()),
  setpoint_L3: optional(decimal()),
  /** Positive is inductive, negative capacitive. */
  setpointReactive: optional(decimal()),
  setpointReactive_L2: optional(decimal()),
  setpointReactive_L3: optional(decimal()),
});
export type ChargingScheduleUpdate = Static<typeof ChargingScheduleUpdate>;

export const ChargingProfileStatusEnum = oneOf('Accepted', 'Rejected');
export type ChargingProfileStatusEnum = Static<typeof ChargingProfileStatusEnum>;

export const PriorityChargingStatusEnum = oneOf('Accepted', 'Rejected', 'NoProfile');
export type PriorityChargingStatusEnum = Static<typeof PriorityChargingStatusEnum>;

export const smartCharging = block('2.1', 'K', {
  /** Removes charging profiles. K10, K14. */
  ClearChargingProfile: {
    sentBy: 'CSMS',
    request: extensible({
      /** With it nothing else counts. */
      chargingProfileId: optional(integer()),
      chargingProfileCriteria: optional(ClearChargingProfile),
    }),
    response: extensible({ status: ClearChargingProfileStatusEnum, statusInfo: optional(StatusInfo) }),
  },
  /** A limit that came from elsewhere is lifted. K13, K14. */
  ClearedChargingLimit: {
    sentBy: 'CS',
    request: extensible({ chargingLimitSource: text(20), evseId: optional(integer({ minimum: 0 })) }),
    response: extensible({}),
  },
  /** Asks for charging profiles; they come as ReportChargingProfiles. K09, K27. */
  GetChargingProfiles: {
    sentBy: 'CSMS',
    request: extensible({
      /** Given by whoever asked, returned with what follows. */
      requestId: integer(),
      evseId: optional(integer({ minimum: 0 })),
      chargingProfile: ChargingProfileCriterion,
    }),
    response: extensible({ status: GetChargingProfileStatusEnum, statusInfo: optional(StatusInfo) }),
  },
  /** Asks for the schedule that results from all profiles. K01, K08, K09. */
  GetCompositeSchedule: {
    sentBy: 'CSMS',
    request: extensible({
      /** Seconds. */
      duration: integer(),
      chargingRateUnit: optional(ChargingRateUnitEnum),
      /** 0: the whole station. */
      evseId: integer({ minimum: 0 }),
    }),
    response: extensible({
      status: GenericStatusEnum,
      statusInfo: optional(StatusInfo),
      schedule: optional(CompositeSchedule),
    }),
  },
  /** A limit came from elsewhere than the CSMS. K11, K12, K14, K23, K24, K25, K26, K27, K29. */
  NotifyChargingLimit: {
    sentBy: 'CS',
    request: extensible({
      chargingSchedule: optional(list(ChargingSchedule, { min: 1 })),
      /** Absent or 0: the whole station. */
      evseId: optional(integer({ minimum: 0 })),
      chargingLimit: ChargingLimit,
    }),
    response: extensible({}),
  },
  /** What the EV wants. K01, K15, K16, K17, K18, K19, K20. */
  NotifyEVChargingNeeds: {
    sentBy: 'CS',
    request: extensible({
      evseId: integer({ minimum: 1 }),
      /** How many periods the EV can take. */
      maxScheduleTuples: optional(integer({ minimum: 0 })),
      chargingNeeds: ChargingNeeds,
      /** When the EV said so, where the station was offline then. */
      timestamp: optional(dateTime),
    }),
    response: extensible({ status: NotifyEVChargingNeedsStatusEnum, statusInfo: optional(StatusInfo) }),
  },
  /** What the EV plans to do. K15, K16, K17, K18, K19, K20. */
  NotifyEVChargingSchedule: {
    sentBy: 'CS',
    request: extensible({
      /** Periods count from here. */
      timeBase: dateTime,
      chargingSchedule: ChargingSchedule,
      evseId: integer({ minimum: 1 }),
      /** Which of the offered schedules the EV chose. */
      selectedChargingScheduleId: optional(integer({ minimum: 0 })),
      powerToleranceAcceptance: optional(boolean),
    }),
    response: extensible({ status: GenericStatusEnum, statusInfo: optional(StatusInfo) }),
  },
  /** Priority charging began or ended at the station. K21, K22. */
  NotifyPriorityCharging: {
    sentBy: 'CS',
    request: extensible({ transactionId: text(36), activated: boolean }),
    response: extensible({}),
  },
  /** The station asks for new values of a dynamic profile. K28. */
  PullDynamicScheduleUpdate: {
    sentBy: 'CS',
    request: extensible({ chargingProfileId: integer() }),
    response: extensible({
      scheduleUpdate: optional(ChargingScheduleUpdate),
      status: ChargingProfileStatusEnum,
      statusInfo: optional(StatusInfo),
    }),
  },
  /** Brings what GetChargingProfiles asked for. K09, K11, K12. */
  ReportChargingProfiles: {
    sentBy: 'CS',
    request: extensible({
      /** Given by whoever asked, returned with what follows. */
      requestId: integer(),
      chargingLimitSource: text(20),
      chargingProfile: list(ChargingProfile, { min: 1 }),
      /** To be continued: more parts follow. Absent means `false`. */
      tbc: optional(boolean),
      evseId: integer({ minimum: 0 }),
    }),
    response: extensible({}),
  },
  /**
   * Installs a charging profile. K01, K02, K03, K06, K07, K14, K15, K16, K17, K18, K19, K20, K24, K28, K29.
   */
  SetChargingProfile: {
    sentBy: 'CSMS',
    request: extensible({
      /** 0: for a default, every EVSE; for a maximum, the station as a whole. */
      evseId: integer({ minimum: 0 }),
      chargingProfile: ChargingProfile,
    }),
    response: extensible({ status: ChargingProfileStatusEnum, statusInfo: optional(StatusInfo) }),
  },
  /** Brings new values for a dynamic profile. K28. */
  UpdateDynamicSchedule: {
    sentBy: 'CSMS',
    request: extensible({ chargingProfileId: integer(), scheduleUpdate: ChargingScheduleUpdate }),
    response: extensible({ status: ChargingProfileStatusEnum, statusInfo: optional(StatusInfo) }),
  },
  /** Switches priority charging of a transaction on or off. K21. */
  UsePriorityCharging: {
    sentBy: 'CSMS',
    request: extensible({ transactionId: text(36), activate: boolean }),
    response: extensible({ status: PriorityChargingStatusEnum, statusInfo: optional(StatusInfo) }),
  },
});
