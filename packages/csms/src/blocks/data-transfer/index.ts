import type { Block } from '../../block.ts';
import { dataTransfer, receiveDataTransfer } from './data-transfer.ts';

/** Block P: messages between a vendor's station and software that knows them. */
export function dataTransferBlock(): Block {
  return { name: 'data-transfer', receives: [receiveDataTransfer], commands: [dataTransfer] };
}
