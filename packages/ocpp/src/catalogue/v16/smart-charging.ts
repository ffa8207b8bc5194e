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

export const ChargingProfileStatus = oneOf('Accepted', 'Rejected', 'NotSupported');
export type ChargingProfileStatus = Static<typeof ChargingProfileStatus>;

export const smartCharging = block('1.6', 'SmartCharging', {
  /** Section 5.5. */
  ClearChargingProfile: {
    sentBy: 'CSMS',
    request: object({
      id: optional(integer()),
      connectorId: optional(integer()),
      chargingProfilePurpose: optional(ChargingProfilePurpose),
      stackLevel: optional(integer()),
    }),
    response: object({
      status: ClearChargingProfileStatus,
    }),
  },
  /** Section 5.7. */
  GetCompositeSchedule: {
    sentBy: 'CSMS',
    request: object({
      connectorId: integer(),
      duration: integer(),
      chargingRateUnit: optional(ChargingRateUnit),
    }),
    response: object({
      status: oneOf('Accepted', 'Rejected'),
      connectorId: optional(integer()),
      scheduleStart: optional(dateTime),
      chargingSchedule: optional(ChargingSchedule),
    }),
  },
  /** Section 5.16. */
  SetChargingProfile: {
    sentBy: 'CSMS',
    request: object({
      connectorId: integer(),
      csChargingProfiles: ChargingProfile,
    }),
    response: object({
      status: ChargingProfileStatus,
    }),
  },
});
