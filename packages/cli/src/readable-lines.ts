/** Takes the log's JSON lines and writes them for people: time, level, message, and what else there is. */
export function readableLines(out: { write(text: string): unknown }): { write(line: string): void } {
  return {
    write(line) {
      out.write(readable(line));
    },
  };
}

function readable(line: string): string {
  const { at, level, msg, err, error, ...rest } = JSON.parse(line);
  const time = new Date(at).toLocaleTimeString('en-GB');
  const details = Object.entries(rest).map(([name, value]) => `${name}=${textOf(value)}`);
  const stack = (err ?? error)?.stack;
  const head = [time, String(level).padEnd(5), msg, ...details]
    .filter((part) => part !== undefined)
    .join(' ');
  return stack === undefined ? `${head}\n` : `${head}\n${stack}\n`;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
