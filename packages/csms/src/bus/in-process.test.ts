import { busContract } from './bus.contract.ts';
import { createInProcessBus } from './in-process.ts';

busContract('the bus of a single node', async () => createInProcessBus());
