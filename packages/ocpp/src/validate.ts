import { _, Ajv, type ValidateFunction } from 'ajv';
import { type ActionOf, actionsOf, findAction, type PayloadKind } from './catalogue/catalogue.ts';
import { payloadTable } from './catalogue/payload-table.ts';
import { erasePersonal } from './redact.ts';
import { isDateTime, isUri } from './validate/formats.ts';
import { type Violation, violationOf } from './validate/violation.ts';
import type { Version } from './version.ts';

export type { PayloadKind, Violation };

/**
 * The first thing that is wrong with a payload by the catalogue's schema; undefined when it is valid.
 * The action has to be one of the version's (see `findAction`), and a SEND has no response: otherwise a
 * RangeError. Each schema is compiled when it is first needed.
 */
export function validate(
  version: Version,
  action: string,
  kind: PayloadKind,
  payload: unknown,
): Violation | undefined {
  const isValid = validators[version][kind].get(action) ?? compile(version, action, kind);
  if (isValid(payload)) return undefined;
  const [error] = isValid.errors ?? [];
  if (!error) throw new Error(`Ajv refused a ${kind} of ${action} without saying why`);
  const shown = isObject(payload) ? erasePersonal(version, action, kind, payload) : payload;
  return violationOf(version, error, shown);
}

/**
 * Compiles ahead of time the schemas of the messages that every station sends, so that the first station
 * after a start need not wait for them.
 */
export function compileCommon(version: Version): void {
  for (const action of commonActions[version]) {
    compile(version, action, 'request');
    compile(version, action, 'response');
  }
}

/** Compiles every schema of a version: a second or so, for servers that would rather have it behind them. */
export function compileAll(version: Version): void {
  for (const { action, response } of actionsOf(version)) {
    compile(version, action, 'request');
    if (response) compile(version, action, 'response');
  }
}

/** What stations send all day, or all at once when they come back. */
const commonOf2x = [
  'BootNotification',
  'Heartbeat',
  'StatusNotification',
  'NotifyEvent',
  'NotifyReport',
  'Authorize',
  'TransactionEvent',
  'MeterValues',
] as const;

const commonActions: { readonly [V in Version]: readonly ActionOf<V>[] } = {
  '1.6': [
    'BootNotification',
    'Heartbeat',
    'StatusNotification',
    'Authorize',
    'StartTransaction',
    'MeterValues',
    'StopTransaction',
  ],
  '2.0.1': commonOf2x,
  '2.1': commonOf2x,
};

const validators = payloadTable<ValidateFunction>();

function compile(version: Version, action: string, kind: PayloadKind): ValidateFunction {
  const compiled = validators[version][kind].get(action);
  if (compiled) return compiled;
  const schema = findAction(version, action)?.[kind];
  if (!schema) throw new RangeError(`OCPP ${version} has no ${kind} for an action ${JSON.stringify(action)}`);
  const validator = ajv.compile(schema);
  validators[version][kind].set(action, validator);
  return validator;
}

const ajv = new Ajv({
  formats: { 'date-time': isDateTime, uri: isUri },
  addUsedSchema: false,
  // The catalogue is checked against the reference by tests; compiling need not do it again at every start.
  validateSchema: false,
});

// By its float remainder 8.1 is no multiple of 0.1. So: the nearest tenth has to be the number itself.
ajv.removeKeyword('multipleOf');
ajv.addKeyword({
  keyword: 'multipleOf',
  type: 'number',
  schemaType: 'number',
  compile: (step: number) => {
    const perUnit = Math.round(1 / step);
    return (value: number) => Number.isInteger(value) || Math.round(value * perUnit) / perUnit === value;
  },
  error: { message: 'must be a multiple', params: ({ schemaCode }) => _`{ multipleOf: ${schemaCode} }` },
});

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
