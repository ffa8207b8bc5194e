import { isDeepStrictEqual } from 'node:util';

/** What a run has shown to be wrong, one sentence each. */
export class Problems {
  readonly found: string[] = [];

  say(problem: string): void {
    this.found.push(problem);
  }

  holds(condition: boolean, problem: string): void {
    if (!condition) this.found.push(problem);
  }

  equal(actual: unknown, expected: unknown, what: string): void {
    if (isDeepStrictEqual(actual, expected)) return;
    this.found.push(`${what}: ${text(actual)} where ${text(expected)} is expected`);
  }
}

function text(value: unknown): string {
  return JSON.stringify(value, (_, inner) => (typeof inner === 'bigint' ? String(inner) : inner));
}
