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

/** Which profiles to clear; those that match everything given. */
export const ClearChargingProfile = extensible({
  evseId: optional(integer()),
  chargingProfilePurpose: optional(ChargingProfilePurposeEnum),
  stackLevel: optional(integer()),
});
export type ClearChargingProfile = Static<typeof ClearChargingProfile>;

export const ClearChargingProfileStatusEnum = oneOf('Accepted', 'Unknown');
export type ClearChargingProfileStatusEnum = Static<typeof ClearChargingProfileStatusEnum>;

/**
 * `EMS`: an energy management system. `SO`: a system operator, the grid. `CSO`: the operator of the station.
 */
export const ChargingLimitSourceEnum = oneOf('EMS', 'Other', 'SO', 'CSO');
export type ChargingLimitSourceEnum = Static<typeof ChargingLimitSourceEnum>;

/** Which profiles are asked for; those that match everything given. */
export const ChargingProfileCriterion = extensible({
  chargingProfilePurpose: optional(ChargingProfilePurposeEnum),
  stackLevel: optional(integer()),
  chargingProfileId: optional(list(integer(), { min: 1 })),
  chargingLimitSource: optional(list(ChargingLimitSourceEnum, { min: 1, max: 4 })),
});
export type ChargingProfileCriterion = Static<typeof ChargingProfileCriterion>;

export const GetChargingProfileStatusEnum = oneOf('Accepted', 'NoProfiles');
export type GetChargingProfileStatusEnum = Static<typeof GetChargingProfileStatusEnum>;

/** What remains of all profiles together: the schedule in force. */
export const CompositeSchedule = extensible({
  chargingSchedulePeriod: list(ChargingSchedulePeriod, { min: 1 }),
  evseId: integer(),
  /** Seconds. */
  duration: integer(),
  scheduleStart: dateTime,
  chargingRateUnit: ChargingRateUnitEnum,
});
export type CompositeSchedule = Static<typeof CompositeSchedule>;

/** Who limits, and how firmly. */
export const ChargingLimit = extensible({
  chargingLimitSource: ChargingLimitSourceEnum,
  /** The grid depends on it. */
  isGridCritical: optional(boolean),
});
export type ChargingLimit = Static<typeof ChargingLimit>;

/** What the EV takes by AC (ISO 15118-2). */
export const ACChargingParameters = extensible({
  /** Wh, with what preconditioning takes. */
  energyAmount: integer(),
  /** A per phase. */
  evMinCurrent: integer(),
  /** A per phase, with regard to the cable. */
  evMaxCurrent: integer(),
  /** V. */
  evMaxVoltage: integer(),
});
export type ACChargingParameters = Static<typeof ACChargingParameters>;

/** What the EV takes by DC (ISO 15118-2). */
export const DCChargingParameters = extensible({
  /** A, with regard to the cable. */
  evMaxCurrent: integer(),
  /** V. */
  evMaxVoltage: integer(),
  /** Wh, with what preconditioning takes. */
  energyAmount: optional(integer()),
  /** W. */
  evMaxPower: optional(integer()),
  /** Percent. */
  stateOfCharge: optional(integer({ minimum: 0, maximum: 100 })),
  /** Wh. */
  evEnergyCapacity: optional(integer()),
  /** Percent at which the EV counts as full. */
  fullSoC: optional(integer({ minimum: 0, maximum: 100 })),
  /** Percent at which fast charging ends. */
  bulkSoC: optional(integer({ minimum: 0, maximum: 100 })),
});
export type DCChargingParameters = Static<typeof DCChargingParameters>;

/** How energy is to flow, as named by ISO 15118: phases of AC or kind of DC, BPT for both directions. */
export const EnergyTransferModeEnum = oneOf('DC', 'AC_single_phase', 'AC_two_phase', 'AC_three_phase');
export type EnergyTransferModeEnum = Static<typeof EnergyTransferModeEnum>;

/** What the EV wants, as told over ISO 15118. */
export const ChargingNeeds = extensible({
  acChargingParameters: optional(ACChargingParameters),
  dcChargingParameters: optional(DCChargingParameters),
  requestedEnergyTransfer: EnergyTransferModeEnum,
  departureTime: optional(dateTime),
});
export type ChargingNeeds = Static<typeof ChargingNeeds>;

/** `Processing`: a profile will follow. */
export const NotifyEVChargingNeedsStatusEnum = oneOf('Accepted', 'Rejected', 'Processing');
export type NotifyEVChargingNeedsStatusEnum = Static<typeof NotifyEVChargingNeedsStatusEnum>;

export const ChargingProfileStatusEnum = oneOf('Accepted', 'Rejected');
export type ChargingProfileStatusEnum = Static<typeof ChargingProfileStatusEnum>;

export const smartCharging = block('2.0.1', 'K', {
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
    request: extensible({ chargingLimitSource: ChargingLimitSourceEnum, evseId: optional(integer()) }),
    response: extensible({}),
  },
  /** Asks for charging profiles; they come as ReportChargingProfiles. K09. */
  GetChargingProfiles: {
    sentBy: 'CSMS',
    request: extensible({
      /** Given by whoever asked, returned with what follows. */
      requestId: integer(),
      evseId: optional(integer()),
      chargingProfile: ChargingProfileCriterion,
    }),
    response: extensible({ status: GetChargingProfileStatusEnum, statusInfo: optional(StatusInfo) }),
  },
  /** Asks for the schedule that results from all profiles. K08. */
  GetCompositeSchedule: {
    sentBy: 'CSMS',
    request: extensible({
      /** Seconds. */
      duration: integer(),
      chargingRateUnit: optional(ChargingRateUnitEnum),
      /** 0: the whole station. */
      evseId: integer(),
    }),
    response: extensible({
      status: GenericStatusEnum,
      statusInfo: optional(StatusInfo),
      schedule: optional(CompositeSchedule),
    }),
  },
  /** A limit came from elsewhere than the CSMS. K11, K12, K14. */
  NotifyChargingLimit: {
    sentBy: 'CS',
    request: extensible({
      chargingSchedule: optional(list(ChargingSchedule, { min: 1 })),
      /** Absent or 0: the whole station. */
      evseId: optional(integer()),
      chargingLimit: ChargingLimit,
    }),
    response: extensible({}),
  },
  /** What the EV wants. K01, K15, K16, K17. */
  NotifyEVChargingNeeds: {
    sentBy: 'CS',
    request: extensible({
      /** How many periods the EV can take. */
      maxScheduleTuples: optional(integer()),
      chargingNeeds: ChargingNeeds,
      evseId: integer(),
    }),
    response: extensible({ status: NotifyEVChargingNeedsStatusEnum, statusInfo: optional(StatusInfo) }),
  },
  /** What the EV plans to do. K15, K16, K17. */
  NotifyEVChargingSchedule: {
    sentBy: 'CS',
    request: extensible({
      /** Periods count from here. */
      timeBase: dateTime,
      chargingSchedule: ChargingSchedule,
      evseId: integer(),
    }),
    response: extensible({ status: GenericStatusEnum, statusInfo: optional(StatusInfo) }),
  },
  /** Brings what GetChargingProfiles asked for. K09, K11, K12. */
  ReportChargingProfiles: {
    sentBy: 'CS',
    request: extensible({
      /** Given by whoever asked, returned with what follows. */
      requestId: integer(),
      chargingLimitSource: ChargingLimitSourceEnum,
      chargingProfile: list(ChargingProfile, { min: 1 }),
      /** To be continued: more parts follow. Absent means `false`. */
      tbc: optional(boolean),
      evseId: integer(),
    }),
    response: extensible({}),
  },
  /** Installs a charging profile. K01, K02, K03, K06, K07, K14, K15, K16, K17. */
  SetChargingProfile: {
    sentBy: 'CSMS',
    request: extensible({
      /** 0: for a default, every EVSE; for a maximum, the station as a whole. */
      evseId: integer(),
      chargingProfile: ChargingProfile,
    }),
    response: extensible({ status: ChargingProfileStatusEnum, statusInfo: optional(StatusInfo) }),
  },
});
