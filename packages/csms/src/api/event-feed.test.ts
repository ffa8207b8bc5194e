import { eventFeedContract } from './event-feed.contract.ts';
import { MemoryEventFeed } from './event-feed.memory.ts';

eventFeedContract('in memory', async () => {
  const feed = new MemoryEventFeed();
  return { feed, append: (events) => feed.append(events), [Symbol.asyncDispose]: async () => undefined };
});
