import type { Block } from '../../block.ts';
import { changeAvailability } from './change-availability.ts';
import { statusNotification } from './status-notification.ts';

/** Block G: what connectors are doing, and whether they may be used. */
export function availability(): Block {
  return { name: 'availability', receives: statusNotification, commands: [changeAvailability] };
}
