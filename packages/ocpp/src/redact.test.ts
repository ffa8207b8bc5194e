import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ActionEntry, actionsOf, type PayloadKind } from './catalogue/catalogue.ts';
import type { SensitiveField } from './catalogue/sensitivity.ts';
import { canHoldSecrets, erasePersonal, hidden, redact } from './redact.ts';
import { type Version, versions } from './version.ts';

const everyField: readonly { entry: ActionEntry; field: SensitiveField }[] = versions.flatMap((version) =>
  [...actionsOf(version)].flatMap((entry) => entry.sensitive.map((field) => ({ entry, field }))),
);

test('every rule leads to a field that exists', () => {
  for (const { entry, field } of everyField) {
    const schema = field.in === 'request' ? entry.request : entry.response;
    assert.ok(schemaAt(schema, fullPath(field)), `${entry.version} ${entry.action} ${fullPath(field)}`);
    if (field.when) assert.ok(schemaAt(schema, join(field.at, field.when.field)), field.when.field);
  }
});

test('every secret is hidden from everybody, everything personal when it is erased', () => {
  for (const { entry, field } of everyField) {
    const payload = plant(field, 'ftp://user:TELLNOBODY@host/');
    const place = `${entry.version} ${entry.action} ${field.in} ${fullPath(field)}`;
    const before = JSON.stringify(payload);
    const redacted = JSON.stringify(redact(entry.version, entry.action, field.in, payload));
    const erased = JSON.stringify(erasePersonal(entry.version, entry.action, field.in, payload));
    if (field.is === 'secret') assert.ok(!redacted.includes('TELLNOBODY'), place);
    assert.ok(!erased.includes('TELLNOBODY'), place);
    assert.equal(JSON.stringify(payload), before, `${place} changed the original`);
  }
});

test('what is named like something secret or personal has a rule', () => {
  const telling =
    /password|^simPin$|^key$|idtag|^idToken$|^idTokens$|additionalIdToken|vatNumber|email|customerIdentifier|^exiRe|personalMessage|EMAID|address|receipt|location$|url$|signedMeterData/i;
  const harmless = new Set([
    'responderURL', // an OCSP responder, public
    'urls', // likewise
    'key', // the name of a configuration key; a VPN's key has its rule
    'location', // where a sample was taken; a file's location has its rule
    'updatedPersonalMessage', // its content has the rule
    'updatedPersonalMessageExtra',
    'personalMessage',
    'idToken', // the object; the id in it has the rule
    'localAuthorizationList',
    'address', // of a company: each line has its rule
  ]);
  for (const version of versions) {
    for (const { action, request, response, sensitive } of actionsOf(version)) {
      const kinds: [PayloadKind, object | undefined][] = [
        ['request', request],
        ['response', response],
      ];
      for (const [kind, schema] of kinds) {
        const ruled = new Set(sensitive.filter((field) => field.in === kind).map(fullPath));
        for (const path of leavesOf(schema, [])) {
          const name = path.replaceAll('/*', '').split('/').at(-1) ?? '';
          if (!telling.test(name) || harmless.has(name)) continue;
          assert.ok(ruled.has(path), `${version} ${action} ${kind} ${path} has no rule`);
        }
      }
    }
  }
});

/** One secret of each kind, written out. */
const secrets: readonly [Version, string, PayloadKind, object, object][] = [
  [
    '1.6',
    'ChangeConfiguration',
    'request',
    { key: 'AuthorizationKey', value: '4F43415F' },
    { key: 'AuthorizationKey', value: hidden },
  ],
  [
    '1.6',
    'GetConfiguration',
    'response',
    {
      configurationKey: [
        { key: 'HeartbeatInterval', readonly: false, value: '300' },
        { key: 'authorizationkey', readonly: false, value: '4F43415F' },
        { key: 'WifiPassword', readonly: false, value: 'wireless' },
      ],
    },
    {
      configurationKey: [
        { key: 'HeartbeatInterval', readonly: false, value: '300' },
        { key: 'authorizationkey', readonly: false, value: hidden },
        { key: 'WifiPassword', readonly: false, value: hidden },
      ],
    },
  ],
  [
    '1.6',
    'GetDiagnostics',
    'request',
    { location: 'ftp://user:password@files.example/logs' },
    { location: `ftp://${hidden}@files.example/logs` },
  ],
  [
    '2.0.1',
    'SetVariables',
    'request',
    {
      setVariableData: [
        {
          attributeValue: '0123456789abcdef',
          component: { name: 'SecurityCtrlr' },
          variable: { name: 'BasicAuthPassword' },
        },
        {
          attributeValue: '300',
          component: { name: 'OCPPCommCtrlr' },
          variable: { name: 'HeartbeatInterval' },
        },
      ],
    },
    {
      setVariableData: [
        {
          attributeValue: hidden,
          component: { name: 'SecurityCtrlr' },
          variable: { name: 'BasicAuthPassword' },
        },
        {
          attributeValue: '300',
          component: { name: 'OCPPCommCtrlr' },
          variable: { name: 'HeartbeatInterval' },
        },
      ],
    },
  ],
  [
    '2.1',
    'GetVariables',
    'response',
    { getVariableResult: [{ attributeValue: 'token', variable: { name: 'SharedSecret' } }] },
    { getVariableResult: [{ attributeValue: hidden, variable: { name: 'SharedSecret' } }] },
  ],
  [
    '2.1',
    'NotifyReport',
    'request',
    {
      reportData: [
        { variable: { name: 'SimPin' }, variableAttribute: [{ value: '1234' }, { mutability: 'WriteOnly' }] },
      ],
    },
    {
      reportData: [
        { variable: { name: 'SimPin' }, variableAttribute: [{ value: hidden }, { mutability: 'WriteOnly' }] },
      ],
    },
  ],
  [
    '2.1',
    'NotifyEvent',
    'request',
    {
      eventData: [
        { actualValue: 'k', variable: { name: 'VpnKey' } },
        { actualValue: '1', variable: { name: 'Power' } },
      ],
    },
    {
      eventData: [
        { actualValue: hidden, variable: { name: 'VpnKey' } },
        { actualValue: '1', variable: { name: 'Power' } },
      ],
    },
  ],
  [
    '2.1',
    'SetNetworkProfile',
    'request',
    {
      connectionData: {
        basicAuthPassword: 'a',
        ocppCsmsUrl: 'wss://csms.example/ocpp',
        apn: { apn: 'internet', apnPassword: 'b', simPin: 1234 },
        vpn: { server: 's', user: 'u', password: 'c', key: 'd' },
      },
    },
    {
      connectionData: {
        basicAuthPassword: hidden,
        ocppCsmsUrl: 'wss://csms.example/ocpp',
        apn: { apn: 'internet', apnPassword: hidden, simPin: hidden },
        vpn: { server: 's', user: 'u', password: hidden, key: hidden },
      },
    },
  ],
  [
    '2.0.1',
    'TransactionEvent',
    'request',
    { idToken: { idToken: '4711', type: 'KeyCode' } },
    { idToken: { idToken: hidden, type: 'KeyCode' } },
  ],
  [
    '2.1',
    'Authorize',
    'response',
    { idTokenInfo: { groupIdToken: { idToken: '4711', type: 'KeyCode' } } },
    { idTokenInfo: { groupIdToken: { idToken: hidden, type: 'KeyCode' } } },
  ],
];

for (const [version, action, kind, payload, expected] of secrets) {
  test(`${version} ${action} ${kind} shows no secret`, () => {
    assert.deepEqual(redact(version, action, kind, payload), expected);
    assert.equal(canHoldSecrets(version, action, kind), true);
  });
}

test('a location keeps scheme, host and path', () => {
  const locations: [string, string][] = [
    ['https://files.example/logs/1', 'https://files.example/logs/1'],
    ['ftp://user:pa@ss/wo?rd@files.example/logs', `ftp://${hidden}@files.example/logs`],
    ['https://files.example/up?X-Amz-Signature=abc', `https://files.example/up?${hidden}`],
    ['sftp://user@files.example/up?sig=abc', `sftp://${hidden}@files.example/up?${hidden}`],
    ['user:password@files.example', `${hidden}@files.example`],
  ];
  for (const [location, shown] of locations) {
    assert.deepEqual(redact('1.6', 'UpdateFirmware', 'request', { location }), { location: shown });
  }
  assert.deepEqual(redact('1.6', 'UpdateFirmware', 'request', { location: ['ftp://a:b@c'] }), {
    location: hidden,
  });
});

test('a payload without secrets comes back as the same object', () => {
  const meterValues = { connectorId: 1, meterValue: [] };
  assert.equal(redact('1.6', 'MeterValues', 'request', meterValues), meterValues);
  assert.equal(canHoldSecrets('1.6', 'MeterValues', 'request'), false);
  const card = { idToken: { idToken: 'DEADBEEF', type: 'ISO14443' } };
  assert.equal(redact('2.1', 'Authorize', 'request', card), card);
  const unknown = { anything: 1 };
  assert.equal(redact('1.6', 'NoSuchAction', 'request', unknown), unknown);
});

test('erasing takes what is personal and leaves the rest', () => {
  const stop = { idTag: 'TAG', meterStop: 100, timestamp: '2026-01-01T00:00:00Z', transactionId: 1 };
  assert.deepEqual(erasePersonal('1.6', 'StopTransaction', 'request', stop), { ...stop, idTag: hidden });
  const started = { seqNo: 1, idToken: { idToken: 'DEADBEEF', type: 'ISO14443' } };
  assert.deepEqual(erasePersonal('2.1', 'TransactionEvent', 'request', started), {
    seqNo: 1,
    idToken: { idToken: hidden, type: 'ISO14443' },
  });
});

test('a broken payload hides too much rather than too little', () => {
  const cases: [Version, string, object, object][] = [
    ['1.6', 'ChangeConfiguration', { value: 'a' }, { value: hidden }],
    ['1.6', 'ChangeConfiguration', { key: 7, value: ['a'] }, { key: 7, value: hidden }],
    [
      '2.1',
      'SetVariables',
      { setVariableData: { attributeValue: 'a' } },
      { setVariableData: { attributeValue: hidden } },
    ],
    [
      '2.1',
      'SetNetworkProfile',
      { connectionData: [{ basicAuthPassword: { a: 1 } }, null] },
      { connectionData: [{ basicAuthPassword: hidden }, null] },
    ],
  ];
  for (const [version, action, payload, expected] of cases) {
    assert.deepEqual(redact(version, action, 'request', payload), expected);
  }
});

function fullPath(field: SensitiveField): string {
  return join(field.at, field.field);
}

function join(at: string, field: string): string {
  return at === '' ? field : `${at}/${field}`;
}

/** A payload that holds `value` at the field, and beside it what makes the rule's condition hold. */
function plant(field: SensitiveField, value: string): object {
  const candidates = ['BasicAuthPassword', 'KeyCode', 'PIN', 'SignedData'];
  const holder: object = nest(field.field, value);
  if (field.when) {
    const { matches } = field.when;
    const name = candidates.find((candidate) => matches.test(candidate));
    assert.ok(name, `no candidate for ${matches}`);
    Object.assign(holder, nest(field.when.field, name));
  }
  const payload: unknown = nest(field.at, holder);
  assert.ok(typeof payload === 'object' && payload !== null);
  return payload;
}

function nest(path: string, value: object): object;
function nest(path: string, value: string): object;
function nest(path: string, value: object | string): object | string {
  if (path === '') return value;
  return path
    .split('/')
    .reduceRight<object | string>((inner, step) => (step === '*' ? [inner] : { [step]: inner }), value);
}

function schemaAt(schema: unknown, path: string): unknown {
  let found = schema;
  for (const step of path.split('/')) {
    found = step === '*' ? read(found, 'items') : read(read(found, 'properties'), step);
  }
  return found;
}

function* leavesOf(schema: unknown, path: readonly string[]): Generator<string> {
  const items = read(schema, 'items');
  const properties = read(schema, 'properties');
  if (items !== undefined) yield* leavesOf(items, [...path, '*']);
  else if (typeof properties === 'object' && properties !== null) {
    for (const [name, property] of Object.entries(properties)) yield* leavesOf(property, [...path, name]);
  } else yield path.join('/');
}

function read(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
