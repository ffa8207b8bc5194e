import type { CountedFinding, Finding } from './finding.ts';

/** What one peer tolerated: each deviation once, with the number of times that it happened. */
export class FindingLog {
  readonly #limit: number;
  readonly #counted = new Map<string, { readonly finding: Finding; count: number }>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** True when it is new and to be reported; one beyond the limit is neither. */
  add(finding: Finding): boolean {
    const key = `${finding.kind} ${finding.action} ${finding.field}`;
    const known = this.#counted.get(key);
    if (known !== undefined) {
      known.count++;
      return false;
    }
    if (this.#counted.size >= this.#limit) return false;
    this.#counted.set(key, { finding, count: 1 });
    return true;
  }

  list(): CountedFinding[] {
    return Array.from(this.#counted.values(), ({ finding, count }) => ({ ...finding, count }));
  }
}
