import { block } from '../block.ts';
import { extensible, integer, oneOf, optional, type Static, text } from '../schema.ts';
import { ChargingProfile } from './data-types/charging-profile.ts';
import { EVSE, StatusInfo } from './data-types/general.ts';
import { IdToken } from './data-types/id-token.ts';

export const RequestStartStopStatusEnum = oneOf('Accepted', 'Rejected');
export type RequestStartStopStatusEnum = Static<typeof RequestStartStopStatusEnum>;

export const MessageTriggerEnum = oneOf(
  'BootNotification',
  'LogStatusNotification',
  'FirmwareStatusNotification',
  'Heartbeat',
  'MeterValues',
  'SignChargingStationCertificate',
  'SignV2GCertificate',
  'StatusNotification',
  'TransactionEvent',
  'SignCombinedCertificate',
  'PublishFirmwareStatusNotification',
);
export type MessageTriggerEnum = Static<typeof MessageTriggerEnum>;

export const TriggerMessageStatusEnum = oneOf('Accepted', 'Rejected', 'NotImplemented');
export type TriggerMessageStatusEnum = Static<typeof TriggerMessageStatusEnum>;

export const UnlockStatusEnum = oneOf(
  'Unlocked',
  'UnlockFailed',
  'OngoingAuthorizedTransaction',
  'UnknownConnector',
);
export type UnlockStatusEnum = Static<typeof UnlockStatusEnum>;

export const remoteControl = block('2.0.1', 'F', {
  /** F01, F02. */
  RequestStartTransaction: {
    sentBy: 'CSMS',
    request: extensible({
      evseId: optional(integer()),
      groupIdToken: optional(IdToken),
      idToken: IdToken,
      remoteStartId: integer(),
      chargingProfile: optional(ChargingProfile),
    }),
    response: extensible({
      status: RequestStartStopStatusEnum,
      statusInfo: optional(StatusInfo),
      transactionId: optional(text(36)),
    }),
  },
  /** F03, F04. */
  RequestStopTransaction: {
    sentBy: 'CSMS',
    request: extensible({
      transactionId: text(36),
    }),
    response: extensible({
      status: RequestStartStopStatusEnum,
      statusInfo: optional(StatusInfo),
    }),
  },
  /** F06. */
  TriggerMessage: {
    sentBy: 'CSMS',
    request: extensible({
      evse: optional(EVSE),
      requestedMessage: MessageTriggerEnum,
    }),
    response: extensible({
      status: TriggerMessageStatusEnum,
      statusInfo: optional(StatusInfo),
    }),
  },
  /** F05. */
  UnlockConnector: {
    sentBy: 'CSMS',
    request: extensible({
      evseId: integer(),
      connectorId: integer(),
    }),
    response: extensible({
      status: UnlockStatusEnum,
      statusInfo: optional(StatusInfo),
    }),
  },
});
