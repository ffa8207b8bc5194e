import { block } from '../block.ts';
import { extensible, integer, oneOf, optional, type Static, text } from '../schema.ts';
import { ChargingProfile } from './data-types/charging-profile.ts';
import { EVSE, StatusInfo } from './data-types/general.ts';
import { IdToken } from './data-types/id-token.ts';

/** Accepted means that the station will try: only a transaction event tells whether it happened. */
export const RequestStartStopStatusEnum = oneOf('Accepted', 'Rejected');
export type RequestStartStopStatusEnum = Static<typeof RequestStartStopStatusEnum>;

/** The message that the station is to send. */
export const MessageTriggerEnum = oneOf(
  'BootNotification',
  'LogStatusNotification',
  'FirmwareStatusNotification',
  'Heartbeat',
  'MeterValues',
  'SignChargingStationCertificate',
  'SignV2GCertificate',
  'SignV2G20Certificate',
  'StatusNotification',
  'TransactionEvent',
  'SignCombinedCertificate',
  'PublishFirmwareStatusNotification',
  'CustomTrigger',
);
export type MessageTriggerEnum = Static<typeof MessageTriggerEnum>;

export const TriggerMessageStatusEnum = oneOf('Accepted', 'Rejected', 'NotImplemented');
export type TriggerMessageStatusEnum = Static<typeof TriggerMessageStatusEnum>;

/** `OngoingAuthorizedTransaction`: not while somebody charges (F05). */
export const UnlockStatusEnum = oneOf(
  'Unlocked',
  'UnlockFailed',
  'OngoingAuthorizedTransaction',
  'UnknownConnector',
);
export type UnlockStatusEnum = Static<typeof UnlockStatusEnum>;

export const remoteControl = block('2.1', 'F', {
  /** Asks to start a transaction. F01, F02, F07. */
  RequestStartTransaction: {
    sentBy: 'CSMS',
    request: extensible({
      /** Absent lets the station choose. */
      evseId: optional(integer({ minimum: 1 })),
      /**
       * The group that the EVSE is reserved for, where the station starts without asking for authorization.
       */
      groupIdToken: optional(IdToken),
      idToken: IdToken,
      /** Comes back in the transaction that it starts. */
      remoteStartId: integer(),
      /** Of purpose `TxProfile` and without transaction id. */
      chargingProfile: optional(ChargingProfile),
    }),
    response: extensible({
      status: RequestStartStopStatusEnum,
      statusInfo: optional(StatusInfo),
      /** Of a transaction that had begun before, e.g. with the cable. */
      transactionId: optional(text(36)),
    }),
  },
  /** Asks to stop a transaction. F03, F04. */
  RequestStopTransaction: {
    sentBy: 'CSMS',
    request: extensible({ transactionId: text(36) }),
    response: extensible({ status: RequestStartStopStatusEnum, statusInfo: optional(StatusInfo) }),
  },
  /** Asks for a message now. F06. */
  TriggerMessage: {
    sentBy: 'CSMS',
    request: extensible({
      evse: optional(EVSE),
      requestedMessage: MessageTriggerEnum,
      /** Name of the message where `requestedMessage` is `CustomTrigger`. */
      customTrigger: optional(text(50)),
    }),
    response: extensible({ status: TriggerMessageStatusEnum, statusInfo: optional(StatusInfo) }),
  },
  /** Lets the cable go. F05. */
  UnlockConnector: {
    sentBy: 'CSMS',
    request: extensible({ evseId: integer({ minimum: 0 }), connectorId: integer({ minimum: 0 }) }),
    response: extensible({ status: UnlockStatusEnum, statusInfo: optional(StatusInfo) }),
  },
});
