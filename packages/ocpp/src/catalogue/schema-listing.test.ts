import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ajv } from 'ajv';
import { isDateTime, isUri } from '../validate/formats.ts';
import { actionListing, allSchemas, jsonSchema } from './schema-listing.ts';

test('every schema is valid draft-07 by itself and has an $id of its own', () => {
  // Strict, as a reader's validator may be: no keyword that is not the draft's.
  const ajv = new Ajv({ strict: true, formats: { 'date-time': isDateTime, uri: isUri } });
  const schemas = Object.values(allSchemas()).flatMap((actions) =>
    Object.values(actions).flatMap(({ request, response }) => (response ? [request, response] : [request])),
  );
  for (const schema of schemas) assert.ok(ajv.validateSchema(schema), JSON.stringify(ajv.errors));
  const ids = new Set(schemas.map((schema) => schema.$id));
  assert.equal(ids.size, 387);
  assert.ok(schemas.every((schema) => !JSON.stringify(schema).includes('"$ref"')));
});

test('a printed schema validates what it describes', () => {
  const schema = jsonSchema('2.1', 'TransactionEvent', 'request');
  assert.ok(schema);
  assert.equal(schema.$id, 'urn:busbar:ocpp:2.1:TransactionEvent:request');
  const check = new Ajv({ formats: { 'date-time': isDateTime } }).compile(JSON.parse(JSON.stringify(schema)));
  const event = {
    eventType: 'Started',
    timestamp: '2026-01-01T00:00:00Z',
    triggerReason: 'CablePluggedIn',
    seqNo: 0,
    transactionInfo: { transactionId: 'a' },
  };
  assert.equal(check(event), true);
  assert.equal(check({ ...event, seqNo: 'first' }), false);
});

test('what does not exist has no schema', () => {
  assert.equal(jsonSchema('1.6', 'TransactionEvent', 'request'), undefined);
  assert.equal(jsonSchema('2.1', 'NotifyPeriodicEventStream', 'response'), undefined);
  assert.equal(jsonSchema('2.1', 'constructor', 'request'), undefined);
});

test('the listing has one line per action: version, action, direction, kind', () => {
  const lines = actionListing().trimEnd().split('\n');
  assert.equal(lines.length, 39 + 64 + 91);
  assert.equal(lines[0], '1.6 Authorize CS->CSMS CALL');
  assert.ok(lines.includes('2.0.1 DataTransfer both CALL'));
  assert.ok(lines.includes('2.1 SetVariables CSMS->CS CALL'));
  assert.ok(lines.includes('2.1 NotifyPeriodicEventStream CS->CSMS SEND'));
});
