import { extensible, oneOf, optional, type Static, text } from '../../schema.ts';

/** How the content is to be read; `URI` means that the content is an address to load. */
export const MessageFormatEnum = oneOf('ASCII', 'HTML', 'URI', 'UTF8', 'QRCODE');
export type MessageFormatEnum = Static<typeof MessageFormatEnum>;

/** A text for a display, or where to find it. */
export const MessageContent = extensible({
  format: MessageFormatEnum,
  /** RFC 5646. */
  language: optional(text(8)),
  /** A station takes 1024 characters unless it names another limit in FieldLength. */
  content: text(1024),
});
export type MessageContent = Static<typeof MessageContent>;
