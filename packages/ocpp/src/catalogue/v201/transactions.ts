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
import { EVSE } from './data-types/general.ts';
import { IdToken, IdTokenInfo } from './data-types/id-token.ts';
import { MessageContent } from './data-types/message-content.ts';
import { MeterValue } from './data-types/meter-value.ts';

/** A transaction has one `Started`, any number of `Updated`, one `Ended`. */
export const TransactionEventEnum = oneOf('Ended', 'Started', 'Updated');
export type TransactionEventEnum = Static<typeof TransactionEventEnum>;

/** What made the station send the event. */
export const TriggerReasonEnum = oneOf(
  'Authorized',
  'CablePluggedIn',
  'ChargingRateChanged',
  'ChargingStateChanged',
  'Deauthorized',
  'EnergyLimitReached',
  'EVCommunicationLost',
  'EVConnectTimeout',
  'MeterValueClock',
  'MeterValuePeriodic',
  'TimeLimitReached',
  'Trigger',
  'UnlockCommand',
  'StopAuthorized',
  'EVDeparted',
  'EVDetected',
  'RemoteStop',
  'RemoteStart',
  'AbnormalCondition',
  'SignedDataReceived',
  'ResetCommand',
);
export type TriggerReasonEnum = Static<typeof TriggerReasonEnum>;

/** `SuspendedEV`: the EV takes nothing. `SuspendedEVSE`: the station offers nothing. */
export const ChargingStateEnum = oneOf('Charging', 'EVConnected', 'SuspendedEV', 'SuspendedEVSE', 'Idle');
export type ChargingStateEnum = Static<typeof ChargingStateEnum>;

/** Why the transaction ended. Absent means `Local`: the driver ended it at the station. */
export const ReasonEnum = oneOf(
  'DeAuthorized',
  'EmergencyStop',
  'EnergyLimitReached',
  'EVDisconnected',
  'GroundFault',
  'ImmediateReset',
  'Local',
  'LocalOutOfCredit',
  'MasterPass',
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
);
export type ReasonEnum = Static<typeof ReasonEnum>;

/** The transaction as it stands after the event. */
export const Transaction = extensible({
  transactionId: text(36),
  chargingState: optional(ChargingStateEnum),
  /** Seconds in which energy flowed. */
  timeSpentCharging: optional(integer()),
  stoppedReason: optional(ReasonEnum),
  /** Of the RequestStartTransaction that this goes back to. */
  remoteStartId: optional(integer()),
});
export type Transaction = Static<typeof Transaction>;

export const transactions = block('2.0.1', 'E', {
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
  /** A transaction began, changed or ended. E02, E03, E04, E05, E06, E07, E12, E13. */
  TransactionEvent: {
    sentBy: 'CS',
    request: extensible({
      eventType: TransactionEventEnum,
      meterValue: optional(list(MeterValue, { min: 1 })),
      timestamp: dateTime,
      triggerReason: TriggerReasonEnum,
      /** Counts the events of the transaction without gaps, so that a lost one shows (E01). */
      seqNo: integer(),
      /** It happened while there was no connection. Absent means `false`. */
      offline: optional(boolean),
      numberOfPhasesUsed: optional(integer()),
      /** A. */
      cableMaxCurrent: optional(integer()),
      /** The reservation that this transaction uses up. */
      reservationId: optional(integer()),
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
        updatedPersonalMessage: optional(MessageContent),
      },
      [personal('updatedPersonalMessage/content')],
    ),
  },
});
