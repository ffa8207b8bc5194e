import { block } from '../block.ts';
import { dateTime, extensible, integer, list, oneOf, optional, type Static, text } from '../schema.ts';
import { EnergyTransferModeEnum, GenericStatusEnum, StatusInfo } from './data-types/general.ts';

export const NotifyAllowedEnergyTransferStatusEnum = oneOf('Accepted', 'Rejected');
export type NotifyAllowedEnergyTransferStatusEnum = Static<typeof NotifyAllowedEnergyTransferStatusEnum>;

export const bidirectionalPowerTransfer = block('2.1', 'Q', {
  /** Q08. */
  AFRRSignal: {
    sentBy: 'CSMS',
    request: extensible({
      timestamp: dateTime,
      signal: integer(),
    }),
    response: extensible({
      status: GenericStatusEnum,
      statusInfo: optional(StatusInfo),
    }),
  },
  /** Q02. */
  NotifyAllowedEnergyTransfer: {
    sentBy: 'CSMS',
    request: extensible({
      transactionId: text(36),
      allowedEnergyTransfer: list(EnergyTransferModeEnum, { min: 1 }),
    }),
    response: extensible({
      status: NotifyAllowedEnergyTransferStatusEnum,
      statusInfo: optional(StatusInfo),
    }),
  },
});
