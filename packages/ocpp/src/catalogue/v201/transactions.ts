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

export const TransactionEventEnum = oneOf('Ended', 'Started', 'Updated');
export type TransactionEventEnum = Static<typeof TransactionEventEnum>;

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

export const ChargingStateEnum = oneOf('Charging', 'EVConnected', 'SuspendedEV', 'SuspendedEVSE', 'Idle');
export type ChargingStateEnum = Static<typeof ChargingStateEnum>;

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

export const Transaction = extensible({
  transactionId: text(36),
  chargingState: optional(ChargingStateEnum),
  timeSpentCharging: optional(integer()),
  stoppedReason: optional(ReasonEnum),
  remoteStartId: optional(integer()),
});
export type Transaction = Static<typeof Transaction>;

export const transactions = block('2.0.1', 'E', {
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
  /** E02, E03, E04, E05, E06, E07, E12, E13. */
  TransactionEvent: {
    sentBy: 'CS',
    request: extensible({
      eventType: TransactionEventEnum,
      meterValue: optional(list(MeterValue, { min: 1 })),
      timestamp: dateTime,
      triggerReason: TriggerReasonEnum,
      seqNo: integer(),
      /** Absent means `false`. */
      offline: optional(boolean),
      numberOfPhasesUsed: optional(integer()),
      cableMaxCurrent: optional(integer()),
      reservationId: optional(integer()),
      transactionInfo: Transaction,
      evse: optional(EVSE),
      idToken: optional(IdToken),
    }),
    response: extensible(
      {
        totalCost: optional(decimal()),
        chargingPriority: optional(integer()),
        idTokenInfo: optional(IdTokenInfo),
        updatedPersonalMessage: optional(MessageContent),
      },
      [personal('updatedPersonalMessage/content')],
    ),
  },
});
