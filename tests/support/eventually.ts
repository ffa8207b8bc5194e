import { setTimeout as delay } from 'node:timers/promises';

/** Looks again and again until what is looked for is there; what it said last when it does not come. */
export async function eventually<Result>(
  look: () => Promise<Result | undefined | false> | Result | undefined | false,
  what: string,
  withinMs = 5_000,
): Promise<Result> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > deadline) throw new Error(`Not within ${withinMs} ms: ${what}`);
    await delay(20);
  }
}
