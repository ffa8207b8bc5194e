import { hidden } from '@busbar/ocpp';
import type { OperationView } from '../../core/operation/view.ts';
import type { LostCommand, Question, Verdict } from '../../when-lost.ts';
import type { SetVariables } from './set-variables.ts';
import { attributeKey, resultsOf, type VariableResult } from './variable-results.ts';

/** The station is asked for the values that it was to take; secrets are not kept, so that there is nothing to compare. */
export function askForValues({ input }: LostCommand<SetVariables>): Question | undefined {
  const variables = readable(input).map(({ value: _, ...name }) => name);
  return variables.length === 0 ? undefined : { command: 'get-variables', input: { variables } };
}

/** It has taken effect when every variable has the value that it was to have. */
export function compareValues({ input }: LostCommand<SetVariables>, answer: OperationView): Verdict {
  const results = resultsOf(answer);
  if (!results) return { is: 'not-yet' };
  const verdicts = readable(input).map((variable) =>
    compare(variable, results.get(attributeKey(variable, variable.attributeType))),
  );
  const telling =
    verdicts.find(({ is }) => is === 'not-done') ?? verdicts.find(({ is }) => is === 'unknowable');
  if (telling) return telling;
  if (verdicts.length === input.variables.length) return { is: 'done' };
  return { is: 'unknowable', why: 'the values of secrets cannot be compared' };
}

type Wanted = SetVariables['variables'][number];

function readable({ variables }: SetVariables): readonly Wanted[] {
  return variables.filter(({ value }) => value !== hidden);
}

function compare(wanted: Wanted, found: VariableResult | undefined): Verdict {
  const name = `${wanted.component}.${wanted.variable}`;
  if (!found) return { is: 'unknowable', why: `the station said nothing of ${name}` };
  if (absent.has(found.status)) return { is: 'not-done', seen: `the station does not have ${name}` };
  if (found.status !== 'Accepted' || found.value === undefined || found.value === hidden) {
    return { is: 'unknowable', why: `${name} cannot be read` };
  }
  if (isSame(wanted.value, found.value)) return { is: 'done' };
  // Where a reset is needed first, the old value holds until then.
  return { is: 'not-done', seen: `${name} has the value ${JSON.stringify(found.value)}` };
}

/** B06: how a station says that there is no such thing. */
const absent: ReadonlySet<string> = new Set([
  'UnknownComponent',
  'UnknownVariable',
  'NotSupportedAttributeType',
]);

/** Stations write numbers, booleans and lists in ways of their own. */
function isSame(wanted: string, found: string): boolean {
  if (wanted === found) return true;
  if (decimal.test(wanted) && decimal.test(found)) return Number(wanted) === Number(found);
  const [one, other] = [wanted, found].map((text) => text.trim().replaceAll(/\s*,\s*/g, ','));
  return one === other || (isBoolean(wanted) && wanted.toLowerCase() === found.trim().toLowerCase());
}

const decimal = /^\s*-?\d{1,15}(\.\d{1,6})?\s*$/;

function isBoolean(text: string): boolean {
  return /^(true|false)$/i.test(text);
}
