import { receive } from '../../block.ts';

/**
 * G02 and 1.6 section 4.6: the station hears what time it is. That it is alive is noted with every message and is no
 * fact to be written (ARCHITECTURE.md, Liveness).
 */
export const heartbeat = receive(['1.6', '2.0.1', '2.1'], 'Heartbeat', {
  decide: ({ receivedAt }) => ({ answer: { currentTime: receivedAt.toISOString() }, writes: [], events: [] }),
});
