import { block } from '../block.ts';
import { dateTime, extensible, integer, list, oneOf, optional, type Static, text } from '../schema.ts';
import { EnergyTransferModeEnum, GenericStatusEnum, StatusInfo } from './data-types/general.ts';

export const NotifyAllowedEnergyTransferStatusEnum = oneOf('Accepted', 'Rejected');
export type NotifyAllowedEnergyTransferStatusEnum = Static<typeof NotifyAllowedEnergyTransferStatusEnum>;

export const bidirectionalPowerTransfer = block('2.1', 'Q', {
  /** Passes on a signal of the grid operator, by which the EV gives or takes power at once. Q08. */
  AFRRSignal: {
    sentBy: 'CSMS',
    request: extensible({
      timestamp: dateTime,
      /** Looked up in the signal curve of the schedule. */
      signal: integer(),
    }),
    response: extensible({ status: GenericStatusEnum, statusInfo: optional(StatusInfo) }),
  },
  /** Which kinds of energy transfer the EV may use. Q02. */
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
