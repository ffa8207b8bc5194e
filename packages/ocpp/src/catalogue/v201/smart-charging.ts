import { block } from '../block.ts';
import { boolean, dateTime, extensible, integer, list, oneOf, optional, type Static } from '../schema.ts';
import {
  ChargingProfile,
  ChargingProfilePurposeEnum,
  ChargingRateUnitEnum,
  ChargingSchedule,
  ChargingSchedulePeriod,
} from './data-types/charging-profile.ts';
import { GenericStatusEnum, StatusInfo } from './data-types/general.ts';

export const ClearChargingProfile = extensible({
  evseId: optional(integer()),
  chargingProfilePurpose: optional(ChargingProfilePurposeEnum),
  stackLevel: optional(integer()),
});
export type ClearChargingProfile = Static<typeof ClearChargingProfile>;

export const ClearChargingProfileStatusEnum = oneOf('Accepted', 'Unknown');
export type ClearChargingProfileStatusEnum = Static<typeof ClearChargingProfileStatusEnum>;

export const ChargingLimitSourceEnum = oneOf('EMS', 'Other', 'SO', 'CSO');
export type ChargingLimitSourceEnum = Static<typeof ChargingLimitSourceEnum>;

export const ChargingProfileCriterion = extensible({
  chargingProfilePurpose: optional(ChargingProfilePurposeEnum),
  stackLevel: optional(integer()),
  chargingProfileId: optional(list(integer(), { min: 1 })),
  chargingLimitSource: optional(list(ChargingLimitSourceEnum, { min: 1, max: 4 })),
});
export type ChargingProfileCriterion = Static<typeof ChargingProfileCriterion>;

export const GetChargingProfileStatusEnum = oneOf('Accepted', 'NoProfiles');
export type GetChargingProfileStatusEnum = Static<typeof GetChargingProfileStatusEnum>;

export const CompositeSchedule = extensible({
  chargingSchedulePeriod: list(ChargingSchedulePeriod, { min: 1 }),
  evseId: integer(),
  duration: integer(),
  scheduleStart: dateTime,
  chargingRateUnit: ChargingRateUnitEnum,
});
export type CompositeSchedule = Static<typeof CompositeSchedule>;

export const ChargingLimit = extensible({
  chargingLimitSource: ChargingLimitSourceEnum,
  isGridCritical: optional(boolean),
});
export type ChargingLimit = Static<typeof ChargingLimit>;

export const ACChargingParameters = extensible({
  energyAmount: integer(),
  evMinCurrent: integer(),
  evMaxCurrent: integer(),
  evMaxVoltage: integer(),
});
export type ACChargingParameters = Static<typeof ACChargingParameters>;

export const DCChargingParameters = extensible({
  evMaxCurrent: integer(),
  evMaxVoltage: integer(),
  energyAmount: optional(integer()),
  evMaxPower: optional(integer()),
  stateOfCharge: optional(integer({ minimum: 0, maximum: 100 })),
  evEnergyCapacity: optional(integer()),
  fullSoC: optional(integer({ minimum: 0, maximum: 100 })),
  bulkSoC: optional(integer({ minimum: 0, maximum: 100 })),
});
export type DCChargingParameters = Static<typeof DCChargingParameters>;

export const EnergyTransferModeEnum = oneOf('DC', 'AC_single_phase', 'AC_two_phase', 'AC_three_phase');
export type EnergyTransferModeEnum = Static<typeof EnergyTransferModeEnum>;

export const ChargingNeeds = extensible({
  acChargingParameters: optional(ACChargingParameters),
  dcChargingParameters: optional(DCChargingParameters),
  requestedEnergyTransfer: EnergyTransferModeEnum,
  departureTime: optional(dateTime),
});
export type ChargingNeeds = Static<typeof ChargingNeeds>;

export const NotifyEVChargingNeedsStatusEnum = oneOf('Accepted', 'Rejected', 'Processing');
export type NotifyEVChargingNeedsStatusEnum = Static<typeof NotifyEVChargingNeedsStatusEnum>;

export const ChargingProfileStatusEnum = oneOf('Accepted', 'Rejected');
export type ChargingProfileStatusEnum = Static<typeof ChargingProfileStatusEnum>;

export const smartCharging = block('2.0.1', 'K', {
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
      chargingLimitSource: ChargingLimitSourceEnum,
      evseId: optional(integer()),
    }),
    response: extensible({}),
  },
  /** K09. */
  GetChargingProfiles: {
    sentBy: 'CSMS',
    request: extensible({
      requestId: integer(),
      evseId: optional(integer()),
      chargingProfile: ChargingProfileCriterion,
    }),
    response: extensible({
      status: GetChargingProfileStatusEnum,
      statusInfo: optional(StatusInfo),
    }),
  },
  /** K08. */
  GetCompositeSchedule: {
    sentBy: 'CSMS',
    request: extensible({
      duration: integer(),
      chargingRateUnit: optional(ChargingRateUnitEnum),
      evseId: integer(),
    }),
    response: extensible({
      status: GenericStatusEnum,
      statusInfo: optional(StatusInfo),
      schedule: optional(CompositeSchedule),
    }),
  },
  /** K11, K12, K14. */
  NotifyChargingLimit: {
    sentBy: 'CS',
    request: extensible({
      chargingSchedule: optional(list(ChargingSchedule, { min: 1 })),
      evseId: optional(integer()),
      chargingLimit: ChargingLimit,
    }),
    response: extensible({}),
  },
  /** K01, K15, K16, K17. */
  NotifyEVChargingNeeds: {
    sentBy: 'CS',
    request: extensible({
      maxScheduleTuples: optional(integer()),
      chargingNeeds: ChargingNeeds,
      evseId: integer(),
    }),
    response: extensible({
      status: NotifyEVChargingNeedsStatusEnum,
      statusInfo: optional(StatusInfo),
    }),
  },
  /** K15, K16, K17. */
  NotifyEVChargingSchedule: {
    sentBy: 'CS',
    request: extensible({
      timeBase: dateTime,
      chargingSchedule: ChargingSchedule,
      evseId: integer(),
    }),
    response: extensible({
      status: GenericStatusEnum,
      statusInfo: optional(StatusInfo),
    }),
  },
  /** K09, K11, K12. */
  ReportChargingProfiles: {
    sentBy: 'CS',
    request: extensible({
      requestId: integer(),
      chargingLimitSource: ChargingLimitSourceEnum,
      chargingProfile: list(ChargingProfile, { min: 1 }),
      /** Absent means `false`. */
      tbc: optional(boolean),
      evseId: integer(),
    }),
    response: extensible({}),
  },
  /** K01, K02, K03, K06, K07, K14, K15, K16, K17. */
  SetChargingProfile: {
    sentBy: 'CSMS',
    request: extensible({
      evseId: integer(),
      chargingProfile: ChargingProfile,
    }),
    response: extensible({
      status: ChargingProfileStatusEnum,
      statusInfo: optional(StatusInfo),
    }),
  },
});
