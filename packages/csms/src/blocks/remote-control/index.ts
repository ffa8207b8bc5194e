import type { Block } from '../../block.ts';
import { remoteStart } from './remote-start.ts';
import { remoteStop } from './remote-stop.ts';
import { triggerMessage } from './trigger-message.ts';
import { unlockConnector } from './unlock-connector.ts';

/** Block F: what an operator has a station do. */
export function remoteControl(): Block {
  return { name: 'remote-control', commands: [remoteStart, remoteStop, unlockConnector, triggerMessage] };
}
