import type { Block } from '../../block.ts';

/** Block F: what an operator has a station do. */
export function remoteControl(): Block {
  return { name: 'remote-control', commands: [] };
}
