import { block } from '../block.ts';
import { integer, object, oneOf, optional, type Static } from '../schema.ts';
import { TriggerMessageStatus } from './data-types/trigger-message-status.ts';

/** The message that the charge point is to send. */
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
  /** Asks for a message now. Section 5.17. */
  TriggerMessage: {
    sentBy: 'CSMS',
    request: object({
      requestedMessage: MessageTrigger,
      /** Where it matters; absent means all. */
      connectorId: optional(integer()),
    }),
    response: object({ status: TriggerMessageStatus }),
  },
});
