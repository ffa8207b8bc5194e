import { block } from '../block.ts';
import { decimal, extensible, text } from '../schema.ts';

export const tariffAndCost = block('2.0.1', 'I', {
  /** Shows the driver what it costs so far. I02. */
  CostUpdated: {
    sentBy: 'CSMS',
    request: extensible({
      /** So far, with tax. */
      totalCost: decimal(),
      transactionId: text(36),
    }),
    response: extensible({}),
  },
});
