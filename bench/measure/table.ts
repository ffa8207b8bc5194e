/** Prints rows as a Markdown table, so that what the console shows can stand in docs/performance.md. */
export function printTable(rows: readonly Readonly<Record<string, string | number>>[]): void {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const cells = [names, names.map(() => '---'), ...rows.map((row) => names.map((name) => shown(row[name])))];
  for (const line of cells) console.log(`| ${line.join(' | ')} |`);
}

function shown(value: string | number | undefined): string {
  if (value === undefined) return '';
  if (typeof value === 'string') return value;
  return Number.isInteger(value) ? value.toLocaleString('en') : value.toPrecision(3);
}
