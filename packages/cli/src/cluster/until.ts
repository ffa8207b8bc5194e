import { setTimeout as delay } from 'node:timers/promises';

/** Looks again and again until it is there; throws a sentence when it does not come, or the signal's reason. */
export async function until<Found>(
  look: () => Promise<Found | undefined> | Found | undefined,
  wait: { readonly what: string; readonly withinMs: number; readonly signal: AbortSignal },
): Promise<Found> {
  const deadline = performance.now() + wait.withinMs;
  for (;;) {
    wait.signal.throwIfAborted();
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > deadline)
      throw new Error(`The demo waited ${wait.withinMs / 1_000} s in vain: ${wait.what}.`);
    await delay(50, undefined, { signal: wait.signal });
  }
}
