import { block } from '../block.ts';
import { integer, object, oneOf, optional, type Static } from '../schema.ts';
import { TriggerMessageStatus } from './data-types/trigger-message-status.ts';

export const MessageTrigger = oneOf(
  'BootNotification',
  'DiagnosticsStatusNotification',
  'FirmwareStatusNotification',
  'Heartbeat',
  'MeterValues',
  'StatusNotification',
);
export type MessageTrigger = Static<typeof MessageTrigger>;

export const remoteTrigger = block('1.6', 'RemoteTrigger', {
  /** Section 5.17. */
  TriggerMessage: {
    sentBy: 'CSMS',
    request: object({
      requestedMessage: MessageTrigger,
      connectorId: optional(integer()),
    }),
    response: object({
      status: TriggerMessageStatus,
    }),
  },
});
