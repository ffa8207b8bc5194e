import type { Claim, Found, Outcome } from '../store/write.ts';

/** A change that depends on claims; whoever commits it may commit more with it. */
export interface Change {
  readonly claims: readonly Claim[];
  /** Pure: it may run again. `held` tells of the claims of this change. */
  settle(found: Pick<Found, 'held'>): Omit<Outcome<never>, 'answer'>;
}
