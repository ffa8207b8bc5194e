import assert from 'node:assert/strict';
import { test } from 'node:test';
import { errorCodesOf } from './errors.ts';
import { compileAll, compileCommon, type Violation, validate } from './validate.ts';
import { type Version, versions } from './version.ts';

const started = {
  eventType: 'Started',
  timestamp: '2026-03-01T12:00:00.5+01:00',
  triggerReason: 'Authorized',
  seqNo: 0,
  transactionInfo: { transactionId: 'tx-1' },
  idToken: { idToken: 'DEADBEEF', type: 'ISO14443' },
};

const bootNotification: Readonly<Record<Version, object>> = {
  '1.6': { chargePointVendor: 'V', chargePointModel: 'M' },
  '2.0.1': { reason: 'PowerUp', chargingStation: { vendorName: 'V', model: 'M' } },
  '2.1': { reason: 'PowerUp', chargingStation: { vendorName: 'V', model: 'M' } },
};

function violation(version: Version, action: string, payload: unknown): Violation {
  const found = validate(version, action, 'request', payload);
  assert.ok(found, `${action} should have been refused`);
  assert.ok(errorCodesOf[version].includes(found.code), `${found.code} is no code of ${version}`);
  return found;
}

for (const version of versions) {
  test(`${version} accepts a BootNotification and its answer`, () => {
    const answer = { currentTime: '2026-01-01T00:00:00Z', interval: 300, status: 'Accepted' };
    assert.equal(validate(version, 'BootNotification', 'request', bootNotification[version]), undefined);
    assert.equal(validate(version, 'BootNotification', 'response', answer), undefined);
    assert.equal(validate(version, 'Heartbeat', 'request', {}), undefined);
  });

  test(`FR.03 ${version} refuses a payload that is not an object, in the version's own spelling`, () => {
    for (const payload of [null, [], 'text', 1, true]) {
      const { code, field, message } = violation(version, 'Heartbeat', payload);
      assert.equal(code, version === '1.6' ? 'FormationViolation' : 'FormatViolation');
      assert.equal(field, '');
      assert.match(message, /^the payload must be an object/);
    }
  });

  test(`FR.03 ${version} refuses a field that the message has not got`, () => {
    const found = violation(version, 'BootNotification', { ...bootNotification[version], 'a/b~c': 1 });
    assert.equal(found.code, version === '1.6' ? 'FormationViolation' : 'FormatViolation');
    assert.equal(found.field, '/a~1b~0c');
    assert.equal(found.message, '/a~1b~0c is not a field of this message');
  });

  test(`FR.03 ${version} refuses a missing field and points to where it should be`, () => {
    const found = violation(version, 'BootNotification', {});
    assert.equal(
      found.code,
      version === '1.6' ? 'OccurenceConstraintViolation' : 'OccurrenceConstraintViolation',
    );
    assert.equal(found.field, version === '1.6' ? '/chargePointVendor' : '/chargingStation');
  });

  test(`${version} compiles all its schemas`, () => {
    compileCommon(version);
    compileAll(version);
  });
}

test('accepts a transaction event of 2.0.1 and 2.1', () => {
  assert.equal(validate('2.0.1', 'TransactionEvent', 'request', started), undefined);
  assert.equal(validate('2.1', 'TransactionEvent', 'request', started), undefined);
});

test('TypeConstraintViolation: another JSON type than the field has', () => {
  const found = violation('2.1', 'TransactionEvent', { ...started, seqNo: '0' });
  assert.equal(found.code, 'TypeConstraintViolation');
  assert.equal(found.field, '/seqNo');
  assert.equal(found.keyword, 'type');
  assert.equal(found.message, '/seqNo must be a whole number, not "0"');
  assert.equal(violation('1.6', 'Authorize', { idTag: 12 }).code, 'TypeConstraintViolation');
  assert.equal(violation('1.6', 'ClearCache', 7).code, 'FormationViolation');
  assert.equal(
    violation('2.1', 'TransactionEvent', { ...started, seqNo: 1.5 }).code,
    'TypeConstraintViolation',
  );
  assert.equal(violation('2.1', 'TransactionEvent', { ...started, seqNo: null }).field, '/seqNo');
  assert.equal(
    violation('2.1', 'TransactionEvent', { ...started, transactionInfo: [] }).code,
    'TypeConstraintViolation',
  );
});

test('OccurrenceConstraintViolation: too few or too many elements, and a missing field inside', () => {
  const empty = violation('2.1', 'TransactionEvent', { ...started, meterValue: [] });
  assert.equal(empty.code, 'OccurrenceConstraintViolation');
  assert.equal(empty.message, '/meterValue must have at least 1 elements, not 0');
  const hash = {
    hashAlgorithm: 'SHA256',
    issuerNameHash: 'a',
    issuerKeyHash: 'b',
    serialNumber: 'c',
    responderURL: 'd',
  };
  const idToken = { idToken: 'a', type: 'eMAID' };
  const five = violation('2.0.1', 'Authorize', {
    idToken,
    iso15118CertificateHashData: [hash, hash, hash, hash, hash],
  });
  assert.equal(five.code, 'OccurrenceConstraintViolation');
  assert.equal(five.keyword, 'maxItems');
  const inside = violation('2.1', 'MeterValues', {
    evseId: 1,
    meterValue: [{ timestamp: '2026-01-01T00:00:00Z' }],
  });
  assert.equal(inside.field, '/meterValue/0/sampledValue');
});

test('PropertyConstraintViolation: enumeration, length, range, format', () => {
  const cases: [Version, string, object, string, string][] = [
    ['2.1', 'TransactionEvent', { ...started, eventType: 'Begun' }, '/eventType', 'enum'],
    ['1.6', 'Reset', { type: 'Warm' }, '/type', 'enum'],
    ['1.6', 'Authorize', { idTag: 'x'.repeat(21) }, '/idTag', 'maxLength'],
    ['2.0.1', 'GetTransactionStatus', { transactionId: 'x'.repeat(37) }, '/transactionId', 'maxLength'],
    ['2.1', 'TransactionEvent', { ...started, timestamp: 'yesterday' }, '/timestamp', 'format'],
    [
      '2.1',
      'RequestStartTransaction',
      { remoteStartId: 1, idToken: { idToken: 'a', type: 'Local' }, evseId: 0 },
      '/evseId',
      'minimum',
    ],
    [
      '2.1',
      'NotifyEVChargingNeeds',
      needs(101),
      '/chargingNeeds/dcChargingParameters/stateOfCharge',
      'maximum',
    ],
    [
      '1.6',
      'UpdateFirmware',
      { location: 'here', retrieveDate: '2026-01-01T00:00:00Z' },
      '/location',
      'format',
    ],
  ];
  for (const [version, action, payload, field, keyword] of cases) {
    const found = violation(version, action, payload);
    assert.equal(found.code, 'PropertyConstraintViolation', found.message);
    assert.equal(found.field, field);
    assert.equal(found.keyword, keyword);
  }
});

function needs(stateOfCharge: number): object {
  return {
    evseId: 1,
    chargingNeeds: {
      requestedEnergyTransfer: 'DC',
      dcChargingParameters: { evMaxCurrent: 10, evMaxVoltage: 400, stateOfCharge },
    },
  };
}

test('a limit of 8.1 is a multiple of 0.1, and one of 8.11 is not', () => {
  const profile = (limit: unknown) => ({
    connectorId: 1,
    csChargingProfiles: {
      chargingProfileId: 1,
      stackLevel: 0,
      chargingProfilePurpose: 'TxProfile',
      chargingProfileKind: 'Absolute',
      chargingSchedule: { chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit }] },
    },
  });
  for (const limit of [8.1, 0.1, 0.3, 16, -0.7, 32.4, 1e20, 123456789.1, 0]) {
    assert.equal(validate('1.6', 'SetChargingProfile', 'request', profile(limit)), undefined, String(limit));
  }
  for (const limit of [8.11, 0.05, 1e-9, 8.1000001]) {
    const found = violation('1.6', 'SetChargingProfile', profile(limit));
    assert.equal(found.code, 'PropertyConstraintViolation');
    assert.match(found.message, /limit must be a multiple of 0\.1, not /);
  }
});

test('lengths count characters, not UTF-16 units', () => {
  assert.equal(validate('1.6', 'Authorize', 'request', { idTag: '\u{1F50C}'.repeat(20) }), undefined);
});

test('customData is free but for its vendorId', () => {
  const customData = { vendorId: 'org.example', anything: [1, { goes: null }] };
  assert.equal(validate('2.1', 'Heartbeat', 'request', { customData }), undefined);
  assert.equal(violation('2.1', 'Heartbeat', { customData: {} }).field, '/customData/vendorId');
});

test('1.6 accepts both spellings of Celsius (errata 2025-04)', () => {
  for (const unit of ['Celsius', 'Celcius']) {
    const meterValue = [{ timestamp: '2026-01-01T00:00:00Z', sampledValue: [{ value: '20', unit }] }];
    assert.equal(validate('1.6', 'MeterValues', 'request', { connectorId: 1, meterValue }), undefined);
  }
});

test('a hostile payload is refused and does no harm', () => {
  const payload: unknown = JSON.parse('{"__proto__": {"polluted": true}, "idTag": "a"}');
  assert.equal(violation('1.6', 'Authorize', payload).field, '/__proto__');
});

test('an action that the version has not got is a mistake of the caller', () => {
  assert.throws(
    () => validate('1.6', 'TransactionEvent', 'request', {}),
    /OCPP 1\.6 has no request .*TransactionEvent/,
  );
  assert.throws(() => validate('2.1', 'NotifyPeriodicEventStream', 'response', {}), RangeError);
  assert.throws(() => validate('2.1', 'constructor', 'request', {}), RangeError);
});

test('a message shows a value cut short, and never a secret or personal one', () => {
  const long = violation('2.1', 'TransactionEvent', { ...started, eventType: 'x'.repeat(10_000) });
  assert.ok(long.message.length < 255, long.message);
  const password = 'correct horse battery staple';
  const key = violation('1.6', 'ChangeConfiguration', {
    key: 'AuthorizationKey',
    value: password.repeat(20),
  });
  assert.equal(key.field, '/value');
  assert.equal(key.message, '/value must have at most 500 characters');
  const token = violation('2.1', 'TransactionEvent', {
    ...started,
    idToken: { idToken: 4711, type: 'KeyCode' },
  });
  assert.equal(token.message, '/idToken/idToken must be a string');
  const tag = violation('1.6', 'Authorize', { idTag: 'the-tag-of-somebody-we-know' });
  assert.equal(tag.message, '/idTag must have at most 20 characters');
});

test('every message fits into an error description', () => {
  const payload = { connectorId: 1, errorCode: 'x'.repeat(300), status: 'Available' };
  assert.ok(violation('1.6', 'StatusNotification', payload).message.length <= 255);
  assert.ok(violation('1.6', 'Heartbeat', { ['y'.repeat(5_000)]: 1 }).message.length <= 255);
});
