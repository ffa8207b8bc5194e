import { block } from '../block.ts';
import { anything, extensible, oneOf, optional, type Static, text } from '../schema.ts';
import { personal } from '../sensitivity.ts';
import { StatusInfo } from './data-types/general.ts';

/** Unless it is `Accepted` or `Rejected`, the vendor or the message is not known. */
export const DataTransferStatusEnum = oneOf('Accepted', 'Rejected', 'UnknownMessageId', 'UnknownVendorId');
export type DataTransferStatusEnum = Static<typeof DataTransferStatusEnum>;

export const dataTransfer = block('2.1', 'P', {
  /** Whatever vendors agree upon. P01, P02. */
  DataTransfer: {
    sentBy: 'both',
    request: extensible(
      {
        messageId: optional(text(50)),
        data: optional(anything),
        /** Reversed domain name of whoever defines the content. */
        vendorId: text(255),
      },
      [personal('data')],
    ),
    response: extensible(
      {
        status: DataTransferStatusEnum,
        statusInfo: optional(StatusInfo),
        data: optional(anything),
      },
      [personal('data')],
    ),
  },
});
