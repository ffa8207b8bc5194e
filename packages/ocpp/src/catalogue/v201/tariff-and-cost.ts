import { block } from '../block.ts';
import { decimal, extensible, text } from '../schema.ts';

export const tariffAndCost = block('2.0.1', 'I', {
  /** I02. */
  CostUpdated: {
    sentBy: 'CSMS',
    request: extensible({
      totalCost: decimal(),
      transactionId: text(36),
    }),
    response: extensible({}),
  },
});
