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

export const ClearChargingProfile = extensible({
  evseId: optional(integer({ minimum: 0 })),
  chargingProfilePurpose: optional(ChargingProfilePurposeEnum),
  stackLevel: optional(integer({ minimum: 0 })),
});
export type ClearChargingProfile = Static<typeof ClearChargingProfile>;

export const ClearChargingProfileStatusEnum = oneOf('Accepted', 'Unknown');
export type ClearChargingProfileStatusEnum = Static<typeof ClearChargingProfileStatusEnum>;

export const ChargingProfileCriterion = extensible({
  chargingProfilePurpose: optional(ChargingProfilePurposeEnum),
  stackLevel: optional(integer({ minimum: 0 })),
  chargingProfileId: optional(list(integer(), { min: 1 })),
  chargingLimitSource: optional(list(text(20), { min: 1, max: 4 })),
});
export type ChargingProfileCriterion = Static<typeof ChargingProfileCriterion>;

export const GetChargingProfileStatusEnum = oneOf('Accepted', 'NoProfiles');
export type GetChargingProfileStatusEnum = Static<typeof GetChargingProfileStatusEnum>;

export const CompositeSchedule = extensible({
  evseId: integer({ minimum: 0 }),
  duration: integer(),
  scheduleStart: dateTime,
  chargingRateUnit: ChargingRateUnitEnum,
  chargingSchedulePeriod: list(ChargingSchedulePeriod, { min: 1 }),
});
export type CompositeSchedule = Static<typeof CompositeSchedule>;

export const ChargingLimit = extensible({
  chargingLimitSource: text(20),
  isLocalGeneration: optional(boolean),
  isGridCritical: optional(boolean),
});
export type ChargingLimit = Static<typeof ChargingLimit>;

export const ACChargingParameters = extensible({
  energyAmount: decimal(),
  evMinCurrent: decimal(),
  evMaxCurrent: decimal(),
  evMaxVoltage: decimal(),
});
export type ACChargingParameters = Static<typeof ACChargingParameters>;

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

export const DERChargingParameters = extensible(
  {
    evSupportedDERControl: optional(list(DERControlEnum, { min: 1 })),
    evOverExcitedMaxDischargePower: optional(decimal()),
    evOverExcitedPowerFactor: optional(decimal()),
    evUnderExcitedMaxDischargePower: optional(decimal()),
    evUnderExcitedPowerFactor: optional(decimal()),
    maxApparentPower: optional(decimal()),
    maxChargeApparentPower: optional(decimal()),
    maxChargeApparentPower_L2: optional(decimal()),
    maxChargeApparentPower_L3: optional(decimal()),
    maxDischargeApparentPower: optional(decimal()),
    maxDischargeApparentPower_L2: optional(decimal()),
    maxDischargeApparentPower_L3: optional(decimal()),
    maxChargeReactivePower: optional(decimal()),
    maxChargeReactivePower_L2: optional(decimal()),
    maxChargeReactivePower_L3: optional(decimal()),
    minChargeReactivePower: optional(decimal()),
    minChargeReactivePower_L2: optional(decimal()),
    minChargeReactivePower_L3: optional(decimal()),
    maxDischargeReactivePower: optional(decimal()),
    maxDischargeReactivePower_L2: optional(decimal()),
    maxDischargeReactivePower_L3: optional(decimal()),
    minDischargeReactivePower: optional(decimal()),
    minDischargeReactivePower_L2: optional(decimal()),
    minDischargeReactivePower_L3: optional(decimal()),
    nominalVoltage: optional(decimal()),
    nominalVoltageOffset: optional(decimal()),
    maxNominalVoltage: optional(decimal()),
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
    evReactiveSusceptance: optional(decimal()),
    evSessionTotalDischargeEnergyAvailable: optional(decimal()),
  },
  [personal('evInverterSerialNumber')],
);
export type DERChargingParameters = Static<typeof DERChargingParameters>;

export const EVPriceRule = extensible({
  energyFee: decimal(),
  powerRangeStart: decimal(),
});
export type EVPriceRule = Static<typeof EVPriceRule>;

export const EVAbsolutePriceScheduleEntry = extensible({
  duration: integer(),
  evPriceRule: list(EVPriceRule, { min: 1, max: 8 }),
});
export type EVAbsolutePriceScheduleEntry = Static<typeof EVAbsolutePriceScheduleEntry>;

export const EVAbsolutePriceSchedule = extensible({
  timeAnchor: dateTime,
  currency: text(3),
  evAbsolutePriceScheduleEntries: list(EVAbsolutePriceScheduleEntry, { min: 1, max: 1024 }),
  priceAlgorithm: text(2000),
});
export type EVAbsolutePriceSchedule = Static<typeof EVAbsolutePriceSchedule>;

export const EVPowerScheduleEntry = extensible({
  duration: integer(),
  power: decimal(),
});
export type EVPowerScheduleEntry = Static<typeof EVPowerScheduleEntry>;

export const EVPowerSchedule = extensible({
  evPowerScheduleEntries: list(EVPowerScheduleEntry, { min: 1, max: 1024 }),
  timeAnchor: dateTime,
});
export type EVPowerSchedule = Static<typeof EVPowerSchedule>;

export const EVEnergyOffer = extensible({
  evAbsolutePriceSchedule: optional(EVAbsolutePriceSchedule),
  evPowerSchedule: EVPowerSchedule,
});
export type EVEnergyOffer = Static<typeof EVEnergyOffer>;

export const DCChargingParameters = extensible({
  evMaxCurrent: decimal(),
  evMaxVoltage: decimal(),
  evMaxPower: optional(decimal()),
  evEnergyCapacity: optional(decimal()),
  energyAmount: optional(decimal()),
  stateOfCharge: optional(integer({ minimum: 0, maximum: 100 })),
  fullSoC: optional(integer({ minimum: 0, maximum: 100 })),
  bulkSoC: optional(integer({ minimum: 0, maximum: 100 })),
});
export type DCChargingParameters = Static<typeof DCChargingParameters>;

export const V2XChargingParameters = extensible({
  minChargePower: optional(decimal()),
  minChargePower_L2: optional(decimal()),
  minChargePower_L3: optional(decimal()),
  maxChargePower: optional(decimal()),
  maxChargePower_L2: optional(decimal()),
  maxChargePower_L3: optional(decimal()),
  minDischargePower: optional(decimal()),
  minDischargePower_L2: optional(decimal()),
  minDischargePower_L3: optional(decimal()),
  maxDischargePower: optional(decimal()),
  maxDischargePower_L2: optional(decimal()),
  maxDischargePower_L3: optional(decimal()),
  minChargeCurrent: optional(decimal()),
  maxChargeCurrent: optional(decimal()),
  minDischargeCurrent: optional(decimal()),
  maxDischargeCurrent: optional(decimal()),
  minVoltage: optional(decimal()),
  maxVoltage: optional(decimal()),
  evTargetEnergyRequest: optional(decimal()),
  evMinEnergyRequest: optional(decimal()),
  evMaxEnergyRequest: optional(decimal()),
  evMinV2XEnergyRequest: optional(decimal()),
  evMaxV2XEnergyRequest: optional(decimal()),
  targetSoC: optional(integer({ minimum: 0, maximum: 100 })),
});
export type V2XChargingParameters = Static<typeof V2XChargingParameters>;

export const ControlModeEnum = oneOf('ScheduledControl', 'DynamicControl');
export type ControlModeEnum = Static<typeof ControlModeEnum>;

export const MobilityNeedsModeEnum = oneOf('EVCC', 'EVCC_SECC');
export type MobilityNeedsModeEnum = Static<typeof MobilityNeedsModeEnum>;

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

export const NotifyEVChargingNeedsStatusEnum = oneOf(
  'Accepted',
  'Rejected',
  'Processing',
  'NoChargingProfile',
);
export type NotifyEVChargingNeedsStatusEnum = Static<typeof NotifyEVChargingNeedsStatusEnum>;

export const ChargingScheduleUpdate = extensible({
  limit: optional(decimal()),
  limit_L2: optional(decimal()),
  limit_L3: optional(decimal()),
  dischargeLimit: optional(decimal({ maximum: 0 })),
  dischargeLimit_L2: optional(decimal({ maximum: 0 })),
  dischargeLimit_L3: optional(decimal({ maximum: 0 })),
  setpoint: optional(decimal()),
  setpoint_L2: optional(decimal()),
  setpoint_L3: optional(decimal()),
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
  /** K10, K14. */
  ClearChargingProfile: {
    sentBy: 'CSMS',
    request: extensible({
      chargingProfileId: optional(integer()),
      chargingProfileCriteria: optional(ClearChargingProfile),
    }),
    response: extensible({
      status: ClearChargingProfileStatusEnum,
      statusInfo: optional(StatusInfo),
    }),
  },
  /** K13, K14. */
  ClearedChargingLimit: {
    sentBy: 'CS',
    request: extensible({
      chargingLimitSource: text(20),
      evseId: optional(integer({ minimum: 0 })),
    }),
    response: extensible({}),
  },
  /** K09, K27. */
  GetChargingProfiles: {
    sentBy: 'CSMS',
    request: extensible({
      requestId: integer(),
      evseId: optional(integer({ minimum: 0 })),
      chargingProfile: ChargingProfileCriterion,
    }),
    response: extensible({
      status: GetChargingProfileStatusEnum,
      statusInfo: optional(StatusInfo),
    }),
  },
  /** K01, K08, K09. */
  GetCompositeSchedule: {
    sentBy: 'CSMS',
    request: extensible({
      duration: integer(),
      chargingRateUnit: optional(ChargingRateUnitEnum),
      evseId: integer({ minimum: 0 }),
    }),
    response: extensible({
      status: GenericStatusEnum,
      statusInfo: optional(StatusInfo),
      schedule: optional(CompositeSchedule),
    }),
  },
  /** K11, K12, K14, K23, K24, K25, K26, K27, K29. */
  NotifyChargingLimit: {
    sentBy: 'CS',
    request: extensible({
      chargingSchedule: optional(list(ChargingSchedule, { min: 1 })),
      evseId: optional(integer({ minimum: 0 })),
      chargingLimit: ChargingLimit,
    }),
    response: extensible({}),
  },
  /** K01, K15, K16, K17, K18, K19, K20. */
  NotifyEVChargingNeeds: {
    sentBy: 'CS',
    request: extensible({
      evseId: integer({ minimum: 1 }),
      maxScheduleTuples: optional(integer({ minimum: 0 })),
      chargingNeeds: ChargingNeeds,
      timestamp: optional(dateTime),
    }),
    response: extensible({
      status: NotifyEVChargingNeedsStatusEnum,
      statusInfo: optional(StatusInfo),
    }),
  },
  /** K15, K16, K17, K18, K19, K20. */
  NotifyEVChargingSchedule: {
    sentBy: 'CS',
    request: extensible({
      timeBase: dateTime,
      chargingSchedule: ChargingSchedule,
      evseId: integer({ minimum: 1 }),
      selectedChargingScheduleId: optional(integer({ minimum: 0 })),
      powerToleranceAcceptance: optional(boolean),
    }),
    response: extensible({
      status: GenericStatusEnum,
      statusInfo: optional(StatusInfo),
    }),
  },
  /** K21, K22. */
  NotifyPriorityCharging: {
    sentBy: 'CS',
    request: extensible({
      transactionId: text(36),
      activated: boolean,
    }),
    response: extensible({}),
  },
  /** K28. */
  PullDynamicScheduleUpdate: {
    sentBy: 'CS',
    request: extensible({
      chargingProfileId: integer(),
    }),
    response: extensible({
      scheduleUpdate: optional(ChargingScheduleUpdate),
      status: ChargingProfileStatusEnum,
      statusInfo: optional(StatusInfo),
    }),
  },
  /** K09, K11, K12. */
  ReportChargingProfiles: {
    sentBy: 'CS',
    request: extensible({
      requestId: integer(),
      chargingLimitSource: text(20),
      chargingProfile: list(ChargingProfile, { min: 1 }),
      /** Absent means `false`. */
      tbc: optional(boolean),
      evseId: integer({ minimum: 0 }),
    }),
    response: extensible({}),
  },
  /** K01, K02, K03, K06, K07, K14, K15, K16, K17, K18, K19, K20, K24, K28, K29. */
  SetChargingProfile: {
    sentBy: 'CSMS',
    request: extensible({
      evseId: integer({ minimum: 0 }),
      chargingProfile: ChargingProfile,
    }),
    response: extensible({
      status: ChargingProfileStatusEnum,
      statusInfo: optional(StatusInfo),
    }),
  },
  /** K28. */
  UpdateDynamicSchedule: {
    sentBy: 'CSMS',
    request: extensible({
      chargingProfileId: integer(),
      scheduleUpdate: ChargingScheduleUpdate,
    }),
    response: extensible({
      status: ChargingProfileStatusEnum,
      statusInfo: optional(StatusInfo),
    }),
  },
  /** K21. */
  UsePriorityCharging: {
    sentBy: 'CSMS',
    request: extensible({
      transactionId: text(36),
      activate: boolean,
    }),
    response: extensible({
      status: PriorityChargingStatusEnum,
      statusInfo: optional(StatusInfo),
    }),
  },
});
