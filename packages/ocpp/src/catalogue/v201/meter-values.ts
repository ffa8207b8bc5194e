import { block } from '../block.ts';
import { extensible, integer, list } from '../schema.ts';
import { MeterValue } from './data-types/meter-value.ts';

export const meterValues = block('2.0.1', 'J', {
  /** Meter values outside of transactions. J01. */
  MeterValues: {
    sentBy: 'CS',
    request: extensible({
      /** 0: the main meter. */
      evseId: integer(),
      meterValue: list(MeterValue, { min: 1 }),
    }),
    response: extensible({}),
  },
});
