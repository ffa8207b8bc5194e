import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Version, versions } from '../version.ts';
import { actionsOf, findAction, type PayloadKind } from './catalogue.ts';
import { errata } from './errata.ts';

// Compares the catalogue with the schemas published by the Open Charge Alliance, which are not part of this
// repository: they are read from a folder beside it.
const reference = join(import.meta.dirname, '../../../../../shared/reference');
const skip = existsSync(reference) ? false : `the reference schemas are not there: ${reference}`;

const folderOf: Readonly<Record<Version, string>> = { '1.6': 'v16', '2.0.1': 'v201', '2.1': 'v21' };

/** What a keyword says, by the path of the value that it is about: `/idToken/type maxLength` -> `20`. */
type Facts = ReadonlyMap<string, string>;

type Json = Record<string, unknown>;

test('the catalogue says what the 387 reference schemas say, but for the errata', { skip }, () => {
  const unused = new Set(errata);
  const differences: string[] = [];
  let compared = 0;
  for (const version of versions) {
    for (const { action, request, response } of actionsOf(version)) {
      const payloads: [PayloadKind, object | undefined][] = [
        ['request', request],
        ['response', response],
      ];
      for (const [kind, ours] of payloads) {
        if (!ours) continue;
        compared += 1;
        const theirs = factsOf(readReference(version, action, kind));
        for (const { path, keyword, text } of differencesBetween(factsOf(toJson(ours)), theirs)) {
          const erratum = errata.find(
            (each) =>
              each.version === version &&
              each.action === action &&
              each.kind === kind &&
              each.path === path &&
              each.keyword === keyword,
          );
          if (erratum) unused.delete(erratum);
          else differences.push(`${version} ${action} ${kind} ${path} ${keyword}: ${text}`);
        }
      }
    }
  }
  assert.deepEqual(differences, []);
  assert.deepEqual([...unused], [], 'errata that no schema needs');
  assert.equal(compared, 387);
});

test('the comparison sees every kind of difference', () => {
  const facts = (schema: Json) => factsOf({ type: 'object', properties: { a: schema }, required: ['a'] });
  const pairs: [string, Json, Json][] = [
    ['type', { type: 'string' }, { type: 'integer' }],
    ['maxLength', { type: 'string', maxLength: 20 }, { type: 'string' }],
    ['enum', { type: 'string', enum: ['A', 'B'] }, { type: 'string', enum: ['A'] }],
    ['minItems', { type: 'array', items: {} }, { type: 'array', items: {}, minItems: 1 }],
    ['format', { type: 'string', format: 'uri' }, { type: 'string' }],
    ['additionalProperties', { type: 'object', additionalProperties: false }, { type: 'object' }],
    ['properties', { type: 'object', properties: { b: {} } }, { type: 'object', properties: { c: {} } }],
    ['pattern', { type: 'string' }, { type: 'string', pattern: 'a' }],
  ];
  for (const [keyword, ours, theirs] of pairs) {
    const [first] = [...differencesBetween(facts(ours), facts(theirs))];
    assert.equal(first?.keyword, keyword);
    assert.equal(first?.path, '/a');
  }
});

test('an action has the direction, the kind and the block of messages.csv', { skip }, () => {
  const [, ...lines] = readFileSync(join(reference, 'messages.csv'), 'utf8').trim().split('\n');
  const sentBy: Readonly<Record<string, string>> = { 'CS->CSMS': 'CS', 'CSMS->CS': 'CSMS', both: 'both' };
  const theirs = lines.map((line) => {
    const [version, action, direction = '', letter, name, , kind] = line.trim().split(',');
    return [version, action, sentBy[direction], letter || name, kind].join(' ');
  });
  const ours = versions.flatMap((version) =>
    Array.from(actionsOf(version), (each) =>
      [version, each.action, each.sentBy, each.block, each.kind].join(' '),
    ),
  );
  assert.deepEqual(ours.toSorted(), theirs.toSorted());
});

test('there are 39 actions in 1.6, 64 in 2.0.1 and 91 in 2.1', () => {
  const counts = versions.map((version) => [...actionsOf(version)].length);
  assert.deepEqual(counts, [39, 64, 91]);
});

test('only NotifyPeriodicEventStream is a SEND, and it alone has no response', () => {
  const silent = versions.flatMap((version) =>
    [...actionsOf(version)].filter(({ kind, response }) => kind === 'SEND' || response === undefined),
  );
  assert.deepEqual(silent, [findAction('2.1', 'NotifyPeriodicEventStream')]);
});

function readReference(version: Version, action: string, kind: PayloadKind): Json {
  const folder = join(reference, 'schemas', folderOf[version]);
  const suffix = kind === 'request' ? 'Request' : 'Response';
  const named = join(folder, `${action}${suffix}.json`);
  return JSON.parse(readFileSync(existsSync(named) ? named : join(folder, `${action}.json`), 'utf8'));
}

function toJson(schema: object): Json {
  return JSON.parse(JSON.stringify(schema));
}

/** Keywords that describe and do not constrain, and those that lead to other places and are followed. */
const withoutFacts = new Set(
  '$schema $id id title comment description javaType default definitions items additionalItems'.split(' '),
);

function factsOf(root: Json): Facts {
  const facts = new Map<string, string>();
  const visit = (given: Json, path: string) => {
    const schema = resolve(root, given);
    for (const [keyword, value] of Object.entries(schema)) {
      if (withoutFacts.has(keyword)) continue;
      // On anything but an object the keyword is idle; the published schemas write it at enumerations too.
      if (keyword === 'additionalProperties' && schema.type !== 'object') continue;
      const said = keyword === 'properties' && isJson(value) ? Object.keys(value) : value;
      if (keyword === 'properties' && Array.isArray(said) && said.length === 0) continue; // as good as absent
      facts.set(`${path} ${keyword}`, JSON.stringify(Array.isArray(said) ? said.toSorted() : said));
    }
    if (isJson(schema.properties)) {
      for (const [name, property] of Object.entries(schema.properties)) {
        if (isJson(property)) visit(property, `${path}/${name}`);
      }
    }
    if (isJson(schema.items)) visit(schema.items, `${path}/*`);
  };
  visit(root, '');
  return facts;
}

function resolve(root: Json, schema: Json): Json {
  if (typeof schema.$ref !== 'string') return schema;
  let target: unknown = root;
  for (const step of schema.$ref.replace('#/', '').split('/'))
    target = isJson(target) ? target[step] : undefined;
  assert.ok(isJson(target), `nothing at ${schema.$ref}`);
  return target;
}

function* differencesBetween(ours: Facts, theirs: Facts) {
  for (const key of new Set([...ours.keys(), ...theirs.keys()])) {
    const [path = '', keyword = ''] = key.split(' ');
    const [our, their] = [ours.get(key) ?? 'nothing', theirs.get(key) ?? 'nothing'];
    if (our !== their) yield { path, keyword, text: `${our} here, ${their} in the reference` };
  }
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
