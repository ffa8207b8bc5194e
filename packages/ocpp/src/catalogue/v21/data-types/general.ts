import { extensible, integer, oneOf, optional, type Static, text } from '../../schema.ts';

export const StatusInfo = extensible({
  reasonCode: text(20),
  additionalInfo: optional(text(1024)),
});
export type StatusInfo = Static<typeof StatusInfo>;

export const GenericStatusEnum = oneOf('Accepted', 'Rejected');
export type GenericStatusEnum = Static<typeof GenericStatusEnum>;

export const EVSE = extensible({
  id: integer({ minimum: 0 }),
  connectorId: optional(integer({ minimum: 0 })),
});
export type EVSE = Static<typeof EVSE>;

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
