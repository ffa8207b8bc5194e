import { block } from '../block.ts';
import { dateTime, integer, object, oneOf, optional, type Static } from '../schema.ts';
import {
  ChargingProfile,
  ChargingProfilePurpose,
  ChargingRateUnit,
  ChargingSchedule,
} from './data-types/charging-profile.ts';

export const ClearChargingProfileStatus = oneOf('Accepted', 'Unknown');
export type ClearChargingProfileStatus = Static<typeof ClearChargingProfileStatus>;

export const GetCompositeScheduleStatus = oneOf('Accepted', 'Rejected');
export type GetCompositeScheduleStatus = Static<typeof GetCompositeScheduleStatus>;

export const ChargingProfileStatus = oneOf('Accepted', 'Rejected', 'NotSupported');
export type ChargingProfileStatus = Static<typeof ChargingProfileStatus>;

export const smartCharging = block('1.6', 'SmartCharging', {
  /** Removes charging profiles. Section 5.5. */
  ClearChargingProfile: {
    sentBy: 'CSMS',
    request: object({
      /** With it nothing else counts. */
      id: optional(integer()),
      /** 0: profiles of the whole charge point. */
      connectorId: optional(integer()),
      chargingProfilePurpose: optional(ChargingProfilePurpose),
      stackLevel: optional(integer()),
    }),
    response: object({ status: ClearChargingProfileStatus }),
  },
  /** Asks for the schedule that results from all profiles. Section 5.7. */
  GetCompositeSchedule: {
    sentBy: 'CSMS',
    request: object({
      /** 0: the whole charge point. */
      connectorId: integer(),
      /** Seconds. */
      duration: integer(),
      chargingRateUnit: optional(ChargingRateUnit),
    }),
    response: object({
      status: GetCompositeScheduleStatus,
      connectorId: optional(integer()),
      scheduleStart: optional(dateTime),
      chargingSchedule: optional(ChargingSchedule),
    }),
  },
  /** Installs a charging profile. Section 5.16. */
  SetChargingProfile: {
    sentBy: 'CSMS',
    request: object({
      /** 0: for a default, every connector; for a maximum, the charge point as a whole. */
      connectorId: integer(),
      csChargingProfiles: ChargingProfile,
    }),
    response: object({ status: ChargingProfileStatus }),
  },
});
