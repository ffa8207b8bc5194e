import { EventEmitter } from 'node:events';
import { eventFeedContract } from '../api/event-feed.contract.ts';
import type { EventDraft } from '../core/events.ts';
import { createLog } from '../log.ts';
import { makeDatabase } from '../testing/database.ts';
import { createBatchRunner } from './batch.ts';
import { createCommitter } from './committer.ts';
import { createOutboxFeed } from './outbox-feed.ts';
import { startRelay } from './relay.ts';

eventFeedContract('the outbox', async () => {
  const database = await makeDatabase();
  const wakes = new EventEmitter();
  const feed = createOutboxFeed(database.sql, (wake) => {
    wakes.on('positions', wake);
    return () => wakes.off('positions', wake);
  });
  const relay = startRelay({
    holder: 'the test',
    connect: () => database.connectPipelined('relay'),
    onPositions: () => wakes.emit('positions'),
    log: createLog({ level: 'silent' }),
  });
  const committer = createCommitter({
    runner: createBatchRunner({
      connect: () => database.connectPipelined('committer'),
      probeTimeoutMs: 1_000,
    }),
    now: () => new Date(),
    onEvents: () => relay.wake(),
  });
  let appended = 0n;
  return {
    feed,
    async append(events) {
      appended += BigInt(events.length);
      await committer.commit({
        source: 'test',
        settle: () => ({ answer: undefined, writes: [], events: events as readonly EventDraft[] }),
      });
      while ((await feed.head()) < appended) await new Promise((resolve) => setTimeout(resolve, 5));
    },
    async [Symbol.asyncDispose]() {
      await committer.close();
      await relay.close();
      await database.drop();
    },
  };
});
