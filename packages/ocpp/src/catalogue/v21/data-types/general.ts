import { extensible, integer, oneOf, optional, type Static, text } from '../../schema.ts';

/** Why the status is what it is, for the operator rather than for a program. */
export const StatusInfo = extensible({
  /** One of the standard's reason codes where one fits; free otherwise. */
  reasonCode: text(20),
  additionalInfo: optional(text(1024)),
});
export type StatusInfo = Static<typeof StatusInfo>;

export const GenericStatusEnum = oneOf('Accepted', 'Rejected');
export type GenericStatusEnum = Static<typeof GenericStatusEnum>;

/** An EVSE of the station, or one of its connectors. */
export const EVSE = extensible({
  /** Above 0. */
  id: integer({ minimum: 0 }),
  /** Numbered from 1 within the EVSE; absent means the whole EVSE. */
  connectorId: optional(integer({ minimum: 0 })),
});
export type EVSE = Static<typeof EVSE>;

/** How energy is to flow, as named by ISO 15118: phases of AC or kind of DC, BPT for both directions. */
export const EnergyTransferModeEnum = oneOf(
  'AC_single_phase',
  'AC_two_phase',
  'AC_three_phase',
  'DC',
  'AC_BPT',
  'AC_BPT_DER',
  'AC_DER',
  'DC_BPT',
  'DC_ACDP',
  'DC_ACDP_BPT',
  'WPT',
);
export type EnergyTransferModeEnum = Static<typeof EnergyTransferModeEnum>;

/**
 * What the EV does with a period of a schedule: charge within a limit, follow a setpoint, or serve the grid
 * (block Q).
 */
export const OperationModeEnum = oneOf(
  'Idle',
  'ChargingOnly',
  'CentralSetpoint',
  'ExternalSetpoint',
  'ExternalLimits',
  'CentralFrequency',
  'LocalFrequency',
  'LocalLoadBalancing',
);
export type OperationModeEnum = Static<typeof OperationModeEnum>;

/**
 * The grid functions of an inverter (block R): curves, fixed values and limits, as in IEEE 1547 and EN 50549.
 */
export const DERControlEnum = oneOf(
  'EnterService',
  'FreqDroop',
  'FreqWatt',
  'FixedPFAbsorb',
  'FixedPFInject',
  'FixedVar',
  'Gradients',
  'HFMustTrip',
  'HFMayTrip',
  'HVMustTrip',
  'HVMomCess',
  'HVMayTrip',
  'LimitMaxDischarge',
  'LFMustTrip',
  'LVMustTrip',
  'LVMomCess',
  'LVMayTrip',
  'PowerMonitoringMustTrip',
  'VoltVar',
  'VoltWatt',
  'WattPF',
  'WattVar',
);
export type DERControlEnum = Static<typeof DERControlEnum>;
