import type { CommandResult } from '../command.ts';

/** The part that most answers of 2.x have in common. */
interface StatusAnswer {
  readonly status: string;
  readonly statusInfo?: { readonly reasonCode: string; readonly additionalInfo?: string };
}

/** An answer of 2.x in version-neutral words. `good` are the statuses that mean that the station does it. */
export function outcomeOf(
  { status, statusInfo }: StatusAnswer,
  good: readonly string[] = ['Accepted'],
): CommandResult {
  return { accepted: good.includes(status), status, ...(statusInfo && { reason: reasonOf(statusInfo) }) };
}

/** Reason code and text as one line. */
export function reasonOf({ reasonCode, additionalInfo }: NonNullable<StatusAnswer['statusInfo']>): string {
  return additionalInfo === undefined ? reasonCode : `${reasonCode}: ${additionalInfo}`;
}
