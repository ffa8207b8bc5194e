import { setTimeout as delay } from 'node:timers/promises';
import type { Api, Json } from '../support/api.ts';

/** Reads the live events as a webshop's program would: for ever, from any node, from the last one that it has seen. */
export interface Follower {
  /** All that came, in the order in which it came. */
  readonly events: readonly FollowedEvent[];
  readonly lastPosition: number;
  /** Goes on at another node. */
  hop(slot: number): void;
  /** Forgets what is before a position. */
  forget(upTo: number): void;
  close(): Promise<void>;
}

export interface FollowedEvent {
  readonly position: number;
  readonly event: Json;
}

const limits = {
  /** A node that is paused takes the connection and answers nothing. */
  answerMs: 1_500,
  comeBackMs: 50,
} as const;

export function follow(apiOf: (slot: number) => Api, firstSlot: number, slots: number): Follower {
  const events: FollowedEvent[] = [];
  let slot = firstSlot;
  let lastPosition = 0;
  let closed = false;
  let turn = new AbortController();
  const reading = read();

  return {
    events,
    get lastPosition() {
      return lastPosition;
    },
    hop(to) {
      slot = to;
      turn.abort();
    },
    forget(upTo) {
      const kept = events.filter(({ position }) => position > upTo);
      events.splice(0, events.length, ...kept);
    },
    async close() {
      closed = true;
      turn.abort();
      await reading;
    },
  };

  async function read(): Promise<void> {
    while (!closed) {
      turn = new AbortController();
      try {
        await readStream(turn);
      } catch {
        // The node went away, or does not answer: the next one is asked.
      }
      slot = (slot + 1) % slots;
      await delay(limits.comeBackMs);
    }
  }

  async function readStream(abort: AbortController): Promise<void> {
    const { url, token } = apiOf(slot);
    const patience = setTimeout(() => abort.abort(), limits.answerMs);
    const response = await fetch(`${url}/api/v1/events?after=0`, {
      headers: {
        authorization: `Bearer ${token}`,
        accept: 'text/event-stream',
        'last-event-id': String(lastPosition),
      },
      signal: abort.signal,
    }).finally(() => clearTimeout(patience));
    if (!response.ok || !response.body) {
      await response.body?.cancel();
      return;
    }
    const decoder = new TextDecoder();
    let text = '';
    for await (const chunk of response.body) {
      text += decoder.decode(chunk, { stream: true });
      const records = text.split('\n\n');
      text = records.pop() ?? '';
      records.forEach(take);
    }
  }

  function take(record: string): void {
    const lines = record.split('\n');
    const field = (name: string) => lines.find((line) => line.startsWith(name))?.slice(name.length);
    const id = field('id: ');
    const data = field('data: ');
    if (id === undefined) return;
    lastPosition = Number(id);
    if (data !== undefined) events.push({ position: lastPosition, event: JSON.parse(data) });
  }
}
