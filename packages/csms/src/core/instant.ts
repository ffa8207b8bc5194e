/** The instant that a station wrote, in UTC with milliseconds, so that text order is time order. */
export function instantOf(timestamp: string): string {
  return new Date(timestamp).toISOString();
}
