import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import fc from 'fast-check';
import { makeDatabase, type TestDatabase } from '../testing/database.ts';
import { isColumnText, rowSource, UnstorableText } from './row-source.ts';

const source = rowSource({
  id: 'integer',
  label: 'text',
  amount: 'numeric',
  flag: 'boolean',
  at: 'timestamptz',
  more: 'jsonb',
  raw: 'text',
});

let database: TestDatabase;
before(async () => {
  database = await makeDatabase({ migrations: null });
});
after(() => database.drop());

const read = async (rows: readonly object[]) =>
  (await database.sql.query(`select * from ${source.text} order by id`, source.parameters(rows))).rows;

const text = fc
  .string({ unit: 'binary', maxLength: 40 })
  .filter((value) => isColumnText(value) && !value.includes('\0') && value.isWellFormed());

it('rows arrive in the database as they were given, empty texts and absent values told apart', async () => {
  const row = fc.record(
    {
      label: text,
      amount: fc.integer().map(String),
      flag: fc.boolean(),
      at: fc
        .date({ min: new Date('1970-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })
        .map((date) => date.toISOString()),
      more: fc.dictionary(text, text),
      raw: text,
    },
    { requiredKeys: [] },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 5 }), async (rows) => {
      const given = rows.map((each, id) => ({ id, ...each }));
      const expected = given.map(({ id, label, amount, flag, at, more, raw }) => ({
        id,
        label: label ?? null,
        amount: amount ?? null,
        flag: flag ?? null,
        at: at ?? null,
        more: more ? JSON.parse(JSON.stringify(more)) : null,
        raw: raw ?? null,
      }));
      assert.deepEqual(await read(given), expected);
    }),
    { numRuns: 200 },
  );
});

it('one row with an empty text is one row', async () => {
  const [row, ...others] = await read([{ id: 1, label: '', raw: '' }]);
  assert.deepEqual([row?.label, row?.raw, others.length], ['', '', 0]);
});

it('an object in a text column is kept as its JSON text, control characters and all', async () => {
  const raw = { text: 'a\u001eb\u0002c\nd' };
  const [row] = await read([{ id: 1, raw }]);
  assert.deepEqual(JSON.parse(row?.raw), raw);
});

it('a text that holds what separates values is refused by name', () => {
  assert.throws(() => source.parameters([{ id: 1, label: 'a\u001eb' }]), UnstorableText);
  assert.throws(() => source.parameters([{ id: 1, raw: '\u0002' }]), /raw holds/);
});
