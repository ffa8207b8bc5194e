/**
 * Says on stderr why the command failed. What the parts throw on purpose is a sentence for whoever runs it; an error
 * of the language's own is a fault of the program, and needs its stack to be mended.
 */
export function printFailure(error: unknown): void {
  process.stderr.write(`${failureText(error)}\n`);
}

export function failureText(error: unknown): string {
  if (!(error instanceof Error)) return `busbar: ${String(error)}`;
  const isFault = faults.some((fault) => error instanceof fault);
  if (isFault)
    return `busbar: this is a fault of the program. Please report it.\n${error.stack ?? error.message}`;
  return `busbar: ${error.message}`;
}

const faults = [TypeError, RangeError, ReferenceError, SyntaxError, AggregateError];
