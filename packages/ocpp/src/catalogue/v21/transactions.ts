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
import { EVSE, OperationModeEnum } from './data-types/general.ts';
import { IdToken, IdTokenInfo } from './data-types/id-token.ts';
import { MessageContent } from './data-types/message-content.ts';
import { MeterValue } from './data-types/meter-value.ts';
import { Price } from './data-types/tariff.ts';

export const CostDimensionEnum = oneOf(
  'Energy',
  'MaxCurrent',
  'MinCurrent',
  'MaxPower',
  'MinPower',
  'IdleTIme',
  'ChargingTime',
);
export type CostDimensionEnum = Static<typeof CostDimensionEnum>;

export const CostDimension = extensible({
  type: CostDimensionEnum,
  volume: decimal(),
});
export type CostDimension = Static<typeof CostDimension>;

export const ChargingPeriod = extensible({
  dimensions: optional(list(CostDimension, { min: 1 })),
  tariffId: optional(text(60)),
  startPeriod: dateTime,
});
export type ChargingPeriod = Static<typeof ChargingPeriod>;

export const TariffCostEnum = oneOf('NormalCost', 'MinCost', 'MaxCost');
export type TariffCostEnum = Static<typeof TariffCostEnum>;

export const TotalPrice = extensible({
  exclTax: optional(decimal()),
  inclTax: optional(decimal()),
});
export type TotalPrice = Static<typeof TotalPrice>;

export const TotalCost = extensible({
  currency: text(3),
  typeOfCost: TariffCostEnum,
  fixed: optional(Price),
  energy: optional(Price),
  chargingTime: optional(Price),
  idleTime: optional(Price),
  reservationTime: optional(Price),
  reservationFixed: optional(Price),
  total: TotalPrice,
});
export type TotalCost = Static<typeof TotalCost>;

export const TotalUsage = extensible({
  energy: decimal(),
  chargingTime: integer(),
  idleTime: integer(),
  reservationTime: optional(integer()),
});
export type TotalUsage = Static<typeof TotalUsage>;

export const CostDetails = extensible({
  chargingPeriods: optional(list(ChargingPeriod, { min: 1 })),
  totalCost: TotalCost,
  totalUsage: TotalUsage,
  failureToCalculate: optional(boolean),
  failureReason: optional(text(500)),
});
export type CostDetails = Static<typeof CostDetails>;

export const TransactionEventEnum = oneOf('Ended', 'Started', 'Updated');
export type TransactionEventEnum = Static<typeof TransactionEventEnum>;

export const TriggerReasonEnum = oneOf(
  'AbnormalCondition',
  'Authorized',
  'CablePluggedIn',
  'ChargingRateChanged',
  'ChargingStateChanged',
  'CostLimitReached',
  'Deauthorized',
  'EnergyLimitReached',
  'EVCommunicationLost',
  'EVConnectTimeout',
  'EVDeparted',
  'EVDetected',
  'LimitSet',
  'MeterValueClock',
  'MeterValuePeriodic',
  'OperationModeChanged',
  'RemoteStart',
  'RemoteStop',
  'ResetCommand',
  'RunningCost',
  'SignedDataReceived',
  'SoCLimitReached',
  'StopAuthorized',
  'TariffChanged',
  'TariffNotAccepted',
  'TimeLimitReached',
  'Trigger',
  'TxResumed',
  'UnlockCommand',
);
export type TriggerReasonEnum = Static<typeof TriggerReasonEnum>;

export const PreconditioningStatusEnum = oneOf('Unknown', 'Ready', 'NotReady', 'Preconditioning');
export type PreconditioningStatusEnum = Static<typeof PreconditioningStatusEnum>;

export const ChargingStateEnum = oneOf('EVConnected', 'Charging', 'SuspendedEV', 'SuspendedEVSE', 'Idle');
export type ChargingStateEnum = Static<typeof ChargingStateEnum>;

export const ReasonEnum = oneOf(
  'DeAuthorized',
  'EmergencyStop',
  'EnergyLimitReached',
  'EVDisconnected',
  'GroundFault',
  'ImmediateReset',
  'MasterPass',
  'Local',
  'LocalOutOfCredit',
  'Other',
  'OvercurrentFault',
  'PowerLoss',
  'PowerQuality',
  'Reboot',
  'Remote',
  'SOCLimitReached',
  'StoppedByEV',
  'TimeLimitReached',
  'Timeout',
  'ReqEnergyTransferRejected',
);
export type ReasonEnum = Static<typeof ReasonEnum>;

export const TransactionLimit = extensible({
  maxCost: optional(decimal()),
  maxEnergy: optional(decimal()),
  maxTime: optional(integer()),
  maxSoC: optional(integer({ minimum: 0, maximum: 100 })),
});
export type TransactionLimit = Static<typeof TransactionLimit>;

export const Transaction = extensible({
  transactionId: text(36),
  chargingState: optional(ChargingStateEnum),
  timeSpentCharging: optional(integer()),
  stoppedReason: optional(ReasonEnum),
  remoteStartId: optional(integer()),
  operationMode: optional(OperationModeEnum),
  tariffId: optional(text(60)),
  transactionLimit: optional(TransactionLimit),
});
export type Transaction = Static<typeof Transaction>;

export const transactions = block('2.1', 'E', {
  /** E14. */
  GetTransactionStatus: {
    sentBy: 'CSMS',
    request: extensible({
      transactionId: optional(text(36)),
    }),
    response: extensible({
      ongoingIndicator: optional(boolean),
      messagesInQueue: boolean,
    }),
  },
  /** E01, E02, E05, E06, E07, E11, E13, E16, E17. */
  TransactionEvent: {
    sentBy: 'CS',
    request: extensible({
      costDetails: optional(CostDetails),
      eventType: TransactionEventEnum,
      meterValue: optional(list(MeterValue, { min: 1 })),
      timestamp: dateTime,
      triggerReason: TriggerReasonEnum,
      seqNo: integer({ minimum: 0 }),
      /** Absent means `false`. */
      offline: optional(boolean),
      numberOfPhasesUsed: optional(integer({ minimum: 0, maximum: 3 })),
      cableMaxCurrent: optional(integer()),
      reservationId: optional(integer({ minimum: 0 })),
      preconditioningStatus: optional(PreconditioningStatusEnum),
      evseSleep: optional(boolean),
      transactionInfo: Transaction,
      evse: optional(EVSE),
      idToken: optional(IdToken),
    }),
    response: extensible(
      {
        totalCost: optional(decimal()),
        chargingPriority: optional(integer()),
        idTokenInfo: optional(IdTokenInfo),
        transactionLimit: optional(TransactionLimit),
        updatedPersonalMessage: optional(MessageContent),
        updatedPersonalMessageExtra: optional(list(MessageContent, { min: 1, max: 4 })),
      },
      [personal('updatedPersonalMessage/content'), personal('updatedPersonalMessageExtra/*/content')],
    ),
  },
});
