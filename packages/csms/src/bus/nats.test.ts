import { after, before } from 'node:test';
import { startNatsServer, withoutNats } from '../testing/nats.ts';
import { busContract, busNetworkContract } from './bus.contract.ts';
import { openBus } from './nats.fixture.ts';

const skip = withoutNats;
let server: Awaited<ReturnType<typeof startNatsServer>> | undefined;
before(async () => {
  if (!skip) server = await startNatsServer();
});
after(() => server?.stop());

busContract('the bus on NATS', () => openBus({ natsUrl: server?.url ?? '' }), { skip });

busNetworkContract(
  'the bus on NATS between two nodes',
  async () => {
    const [one, other] = await Promise.all([
      openBus({ natsUrl: server?.url ?? '' }),
      openBus({ natsUrl: server?.url ?? '' }),
    ]);
    return {
      one,
      other,
      settled: async () => void (await Promise.all([one.settled(), other.settled()])),
      close: async () => void (await Promise.all([one.close(), other.close()])),
    };
  },
  { skip },
);
