/** Columns of rows that go to the database, in their order: name and PostgreSQL type. The first is never null. */
export type Columns = Readonly<Record<string, string>>;

/** Many rows as a FROM item of a statement, and the parameters that carry them. */
export interface RowSource {
  /** To be used as `from ${text}`; its columns are those of `rows`. */
  readonly text: string;
  /** One parameter for each column. Throws {@link UnstorableText}. */
  parameters(rows: readonly object[]): string[];
}

/** A text holds one of the control characters that separate values here; the database never sees it. */
export class UnstorableText extends Error {}

/**
 * Each column travels as one text, its values separated by a control character, and is taken apart by
 * `string_to_array`: a quarter of what parsing the rows as JSON costs the database, or half of what array literals do
 * (docs/decisions). Objects become JSON, in which control characters are always escaped.
 */
export function rowSource(columns: Columns): RowSource {
  const names = Object.keys(columns);
  const cells = Object.values(columns).map((type, index) => {
    const texts = `string_to_array($${index + 1}, e'\\x1e', e'\\x02')`;
    return type === 'text' ? texts : `${texts}::${type}[]`;
  });
  const quoted = names.map((name) => `"${name}"`);
  return {
    text: `(select * from unnest(${cells.join(', ')}) as cells(${quoted.join(', ')}) where cells.${quoted[0]} is not null) as rows`,
    parameters: (rows) => names.map((name) => columnText(rows, name)),
  };
}

const separator = '\x1e';
const absent = '\x02';

/** Whether a text can be a value in a column. */
export function isColumnText(text: string): boolean {
  return !text.includes(separator) && !text.includes(absent);
}

function columnText(rows: readonly object[], name: string): string {
  const cells = rows.map((row) => cellText((row as Record<string, unknown>)[name], name));
  // The empty text is an array without elements: a row of nulls, which is left out again, keeps the one value.
  if (cells.length === 1) cells.push(absent);
  return cells.join(separator);
}

function cellText(value: unknown, name: string): string {
  switch (typeof value) {
    case 'string':
      if (!isColumnText(value)) throw new UnstorableText(`${name} holds U+0002 or U+001E`);
      return value;
    case 'object':
      return value === null ? absent : JSON.stringify(value);
    case 'undefined':
      return absent;
    default:
      return String(value);
  }
}
