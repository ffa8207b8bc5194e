import { BusTimeout } from './bus.ts';

/** Gives `work` a promise that fails when the time for a request is over. */
export async function withDeadline<Result>(
  subject: string,
  timeoutMs: number,
  work: (late: Promise<never>) => Promise<Result>,
): Promise<Result> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new BusTimeout(`no answer on ${subject} in ${timeoutMs} ms`)),
    timeoutMs,
  );
  try {
    return await work(late);
  } finally {
    clearTimeout(timer);
  }
}

/** Waits for a promise, but no longer than that. */
export async function within(timeoutMs: number, promise: Promise<unknown>): Promise<void> {
  const { promise: over, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, timeoutMs);
  await Promise.race([promise, over]).finally(() => clearTimeout(timer));
}
