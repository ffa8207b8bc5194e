import { extensible, oneOf, optional, type Static, text } from '../../schema.ts';

export const MessageFormatEnum = oneOf('ASCII', 'HTML', 'URI', 'UTF8', 'QRCODE');
export type MessageFormatEnum = Static<typeof MessageFormatEnum>;

export const MessageContent = extensible({
  format: MessageFormatEnum,
  language: optional(text(8)),
  content: text(1024),
});
export type MessageContent = Static<typeof MessageContent>;
