import { block } from '../block.ts';
import {
  boolean,
  dateTime,
  extensible,
  integer,
  list,
  oneOf,
  optional,
  type Static,
  text,
} from '../schema.ts';
import { Component } from './data-types/device-model.ts';
import { StatusInfo } from './data-types/general.ts';
import { MessageContent } from './data-types/message-content.ts';

export const ClearMessageStatusEnum = oneOf('Accepted', 'Unknown', 'Rejected');
export type ClearMessageStatusEnum = Static<typeof ClearMessageStatusEnum>;

/** `AlwaysFront` shows over everything, `InFront` before the normal cycle. */
export const MessagePriorityEnum = oneOf('AlwaysFront', 'InFront', 'NormalCycle');
export type MessagePriorityEnum = Static<typeof MessagePriorityEnum>;

/** When the message shows: while charging, faulted, idle, ... */
export const MessageStateEnum = oneOf(
  'Charging',
  'Faulted',
  'Idle',
  'Unavailable',
  'Suspended',
  'Discharging',
);
export type MessageStateEnum = Static<typeof MessageStateEnum>;

export const GetDisplayMessagesStatusEnum = oneOf('Accepted', 'Unknown');
export type GetDisplayMessagesStatusEnum = Static<typeof GetDisplayMessagesStatusEnum>;

/** A message with the times and circumstances in which it shows. */
export const MessageInfo = extensible({
  display: optional(Component),
  id: integer({ minimum: 0 }),
  priority: MessagePriorityEnum,
  state: optional(MessageStateEnum),
  /** Absent means at once. */
  startDateTime: optional(dateTime),
  /** The station removes it then. */
  endDateTime: optional(dateTime),
  /** Shown while this transaction lasts, then removed. */
  transactionId: optional(text(36)),
  message: MessageContent,
  messageExtra: optional(list(MessageContent, { min: 1, max: 4 })),
});
export type MessageInfo = Static<typeof MessageInfo>;

export const DisplayMessageStatusEnum = oneOf(
  'Accepted',
  'NotSupportedMessageFormat',
  'Rejected',
  'NotSupportedPriority',
  'NotSupportedState',
  'UnknownTransaction',
  'LanguageNotSupported',
);
export type DisplayMessageStatusEnum = Static<typeof DisplayMessageStatusEnum>;

export const displayMessage = block('2.1', 'O', {
  /** Removes a message from the display. O05. */
  ClearDisplayMessage: {
    sentBy: 'CSMS',
    request: extensible({ id: integer({ minimum: 0 }) }),
    response: extensible({ status: ClearMessageStatusEnum, statusInfo: optional(StatusInfo) }),
  },
  /** Asks for messages on the display; they come as NotifyDisplayMessages. O03, O04. */
  GetDisplayMessages: {
    sentBy: 'CSMS',
    request: extensible({
      id: optional(list(integer({ minimum: 0 }), { min: 1 })),
      /** Given by whoever asked, returned with what follows. */
      requestId: integer(),
      priority: optional(MessagePriorityEnum),
      state: optional(MessageStateEnum),
    }),
    response: extensible({ status: GetDisplayMessagesStatusEnum, statusInfo: optional(StatusInfo) }),
  },
  /** Brings what GetDisplayMessages asked for. O03, O04. */
  NotifyDisplayMessages: {
    sentBy: 'CS',
    request: extensible({
      messageInfo: optional(list(MessageInfo, { min: 1 })),
      /** Given by whoever asked, returned with what follows. */
      requestId: integer(),
      /** To be continued: more parts follow. Absent means `false`. */
      tbc: optional(boolean),
    }),
    response: extensible({}),
  },
  /** Puts a message on the display. O01, O02, O06. */
  SetDisplayMessage: {
    sentBy: 'CSMS',
    request: extensible({ message: MessageInfo }),
    response: extensible({ status: DisplayMessageStatusEnum, statusInfo: optional(StatusInfo) }),
  },
});
