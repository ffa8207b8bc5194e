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

/** How much of something was used in a period. */
export const CostDimension = extensible({ type: CostDimensionEnum, volume: decimal() });
export type CostDimension = Static<typeof CostDimension>;

/** A stretch of the transaction with one price; it lasts until the next begins. */
export const ChargingPeriod = extensible({
  dimensions: optional(list(CostDimension, { min: 1 })),
  /** Absent where the price came from elsewhere. */
  tariffId: optional(text(60)),
  startPeriod: dateTime,
});
export type ChargingPeriod = Static<typeof ChargingPeriod>;

export const TariffCostEnum = oneOf('NormalCost', 'MinCost', 'MaxCost');
export type TariffCostEnum = Static<typeof TariffCostEnum>;

/** With tax, without, or both. */
export const TotalPrice = extensible({ exclTax: optional(decimal()), inclTax: optional(decimal()) });
export type TotalPrice = Static<typeof TotalPrice>;

/** Cost so far, or in all. */
export const TotalCost = extensible({
  /** ISO 4217. */
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

/** Energy and time used so far, or in all. */
export const TotalUsage = extensible({
  energy: decimal(),
  /** Seconds. */
  chargingTime: integer(),
  /** Seconds without energy flowing. */
  idleTime: integer(),
  /** Seconds. */
  reservationTime: optional(integer()),
});
export type TotalUsage = Static<typeof TotalUsage>;

/** Cost as the station worked it out from its tariff (I07, I08). */
export const CostDetails = extensible({
  chargingPeriods: optional(list(ChargingPeriod, { min: 1 })),
  totalCost: TotalCost,
  totalUsage: TotalUsage,
  /** No cost could be worked out. */
  failureToCalculate: optional(boolean),
  failureReason: optional(text(500)),
});
export type CostDetails = Static<typeof CostDetails>;

/** A transaction has one `Started`, any number of `Updated`, one `Ended`. */
export const TransactionEventEnum = oneOf('Ended', 'Started', 'Updated');
export type TransactionEventEnum = Static<typeof TransactionEventEnum>;

/** What made the station send the event. */
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

/** Whether the EV's battery is warm enough to charge fast. */
export const PreconditioningStatusEnum = oneOf('Unknown', 'Ready', 'NotReady', 'Preconditioning');
export type PreconditioningStatusEnum = Static<typeof PreconditioningStatusEnum>;

/** `SuspendedEV`: the EV takes nothing. `SuspendedEVSE`: the station offers nothing. */
export const ChargingStateEnum = oneOf('EVConnected', 'Charging', 'SuspendedEV', 'SuspendedEVSE', 'Idle');
export type ChargingStateEnum = Static<typeof ChargingStateEnum>;

/** Why the transaction ended. Absent means `Local`: the driver ended it at the station. */
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

/** Where the transaction is to stop (E16). */
export const TransactionLimit = extensible({
  /** In the tariff's currency. */
  maxCost: optional(decimal()),
  /** Wh. */
  maxEnergy: optional(decimal()),
  /** Seconds. */
  maxTime: optional(integer()),
  /** Percent. */
  maxSoC: optional(integer({ minimum: 0, maximum: 100 })),
});
export type TransactionLimit = Static<typeof TransactionLimit>;

/** The transaction as it stands after the event. */
export const Transaction = extensible({
  transactionId: text(36),
  chargingState: optional(ChargingStateEnum),
  /** Seconds in which energy flowed. */
  timeSpentCharging: optional(integer()),
  stoppedReason: optional(ReasonEnum),
  /** Of the RequestStartTransaction that this goes back to. */
  remoteStartId: optional(integer()),
  operationMode: optional(OperationModeEnum),
  tariffId: optional(text(60)),
  transactionLimit: optional(TransactionLimit),
});
export type Transaction = Static<typeof Transaction>;

export const transactions = block('2.1', 'E', {
  /** Is the transaction running, and are messages about it waiting? E14. */
  GetTransactionStatus: {
    sentBy: 'CSMS',
    request: extensible({
      /** Absent asks about the queue as a whole. */
      transactionId: optional(text(36)),
    }),
    response: extensible({
      /** Absent where no transaction was named. */
      ongoingIndicator: optional(boolean),
      /** Messages about it wait to be sent. */
      messagesInQueue: boolean,
    }),
  },
  /** A transaction began, changed or ended. E01, E02, E05, E06, E07, E11, E13, E16, E17. */
  TransactionEvent: {
    sentBy: 'CS',
    request: extensible({
      costDetails: optional(CostDetails),
      eventType: TransactionEventEnum,
      meterValue: optional(list(MeterValue, { min: 1 })),
      timestamp: dateTime,
      triggerReason: TriggerReasonEnum,
      /** Counts the events of the transaction without gaps, so that a lost one shows (E01). */
      seqNo: integer({ minimum: 0 }),
      /** It happened while there was no connection. Absent means `false`. */
      offline: optional(boolean),
      numberOfPhasesUsed: optional(integer({ minimum: 0, maximum: 3 })),
      /** A. */
      cableMaxCurrent: optional(integer()),
      /** The reservation that this transaction uses up. */
      reservationId: optional(integer({ minimum: 0 })),
      preconditioningStatus: optional(PreconditioningStatusEnum),
      /** The electronics of the EVSE sleep. */
      evseSleep: optional(boolean),
      transactionInfo: Transaction,
      /** Only in the event in which it became known. */
      evse: optional(EVSE),
      /** Only in the event in which it was presented. */
      idToken: optional(IdToken),
    }),
    response: extensible(
      {
        /** Running cost on `Updated`, final cost on `Ended`, with tax; 0 means free, absent means unknown. */
        totalCost: optional(decimal()),
        /** From -9 to 9; for this transaction it overrules the token's. */
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
