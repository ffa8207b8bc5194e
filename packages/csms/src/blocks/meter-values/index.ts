import type { Block } from '../../block.ts';
import { type MeterValuesDeps, meterValues } from './meter-values.ts';

export type { MeterValuesDeps };

/** Block J: meter values that come in messages of their own. */
export function meterValuesBlock(deps: MeterValuesDeps): Block {
  return { name: 'meter-values', receives: meterValues(deps) };
}
