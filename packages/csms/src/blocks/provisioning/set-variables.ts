import { hidden, type Request, type Response } from '@busbar/ocpp';
import { type Static, Type } from 'typebox';
import {
  type CommandContext,
  type CommandResult,
  defineCommand,
  dialect,
  dialectOfSeveral,
} from '../../command.ts';
import { reasonOf } from '../../core/command-answer.ts';
import { keyOfVariable, variableOfKey } from '../../core/device-model/configuration-keys.ts';
import { deviceModelChanged } from '../../core/device-model/events.ts';
import { redactedRequest } from '../../core/device-model/redacted.ts';
import { writeVariableValue } from '../../core/device-model/tables.ts';
import { AttributeType, nameFromOcpp2, nameToOcpp2, VariableName } from '../../core/device-model/variable.ts';
import { Problem } from '../../problem.ts';
import { askForValues, compareValues } from './set-variables-lost.ts';
import { attributeKey, resultOf, type VariableResult } from './variable-results.ts';

const SetVariables = Type.Object(
  {
    variables: Type.Array(
      Type.Object(
        {
          ...VariableName.properties,
          attributeType: Type.Optional(AttributeType),
          value: Type.String({ maxLength: 2_500, description: 'The new value, as text.' }),
        },
        { additionalProperties: false },
      ),
      { minItems: 1, maxItems: 100 },
    ),
  },
  { additionalProperties: false },
);
export type SetVariables = Static<typeof SetVariables>;

/** B05 and 1.6 section 5.3. A 1.6 station is given its keys one after the other. */
export const setVariables = defineCommand({
  name: 'set-variables',
  summary: 'Set variables of a station',
  description:
    'The result has a status for each variable; the operation is accepted when all were. `RebootRequired` is a success that takes effect after a reset. On a 1.6 station each variable is a call of its own: those before one that fails stay set.',
  permission: 'device-model:write',
  input: SetVariables,
  withoutSecrets: maskSecrets,
  whenLost: { kind: 'ask', question: askForValues, judge: compareValues },
  dialects: [
    dialectOfSeveral(['1.6'], 'ChangeConfiguration', {
      toRequests: toConfigurationKeys,
      fromResponses: fromConfigurationStatuses,
    }),
    dialect(['2.0.1', '2.1'], 'SetVariables', { toRequest: toSetVariables, fromResponse: fromSetVariables }),
  ],
});

function toConfigurationKeys(input: SetVariables): Request<'1.6', 'ChangeConfiguration'>[] {
  refuseRepeats(input);
  return input.variables.map(({ attributeType = 'Actual', value, ...name }) => {
    if (attributeType !== 'Actual') {
      throw new Problem(
        'unsupported-by-version',
        `OCPP 1.6 has one value for each configuration key: ${attributeType} of ${name.variable} does not exist.`,
      );
    }
    return { key: keyOfVariable(name), value };
  });
}

function toSetVariables(input: SetVariables): Request<'2.1', 'SetVariables'> {
  refuseRepeats(input);
  return {
    setVariableData: input.variables.map(({ attributeType, value, ...name }) => ({
      ...nameToOcpp2(name),
      ...(attributeType && { attributeType }),
      attributeValue: value,
    })),
  };
}

/** B05.FR.13: no variable twice in one request. */
function refuseRepeats({ variables }: SetVariables): void {
  const seen = new Set<string>();
  for (const { attributeType, value: _, ...name } of variables) {
    const key = attributeKey(name, attributeType);
    if (seen.has(key)) {
      throw new Problem(
        'invalid-request',
        `${name.component}.${name.variable} is set twice: name each variable once.`,
      );
    }
    seen.add(key);
  }
}

/** What the station said of one variable; `name` is the variable in the spelling that the device model has. */
type Answer = Pick<VariableResult, 'status' | 'reason'> & { readonly name?: VariableName };

function fromConfigurationStatuses(
  responses: readonly Response<'1.6', 'ChangeConfiguration'>[],
  input: SetVariables,
  context: CommandContext,
): CommandResult {
  const answers = input.variables.map((variable, index): Answer => {
    const name = variableOfKey(keyOfVariable(variable));
    return { name, status: responses[index]?.status ?? 'Rejected' };
  });
  return fromAnswers(answers, input, context);
}

/** The answers may come in another order than the questions. */
function fromSetVariables(
  { setVariableResult }: Response<'2.0.1' | '2.1', 'SetVariables'>,
  input: SetVariables,
  context: CommandContext,
): CommandResult {
  const byVariable = new Map(
    setVariableResult.map((result): [string, Answer] => {
      const { attributeType, attributeStatus, attributeStatusInfo } = result;
      const name = nameFromOcpp2(result);
      const reason = attributeStatusInfo && { reason: reasonOf(attributeStatusInfo) };
      return [attributeKey(name, attributeType), { name, status: attributeStatus, ...reason }];
    }),
  );
  const answers = input.variables.map(({ attributeType, value: _, ...name }): Answer => {
    // A station that leaves a variable out has not said that it set it.
    return byVariable.get(attributeKey(name, attributeType)) ?? { status: 'Rejected', reason: 'NotAnswered' };
  });
  return fromAnswers(answers, input, context);
}

/** What was accepted is the variable's value from now on; after RebootRequired the old one holds until the reset. */
function fromAnswers(
  answers: readonly Answer[],
  input: SetVariables,
  { station, now }: CommandContext,
): CommandResult {
  const results = maskSecrets(input).variables.map(({ attributeType = 'Actual', ...variable }, index) => {
    const { name, ...answer } = answers[index] ?? { status: 'Rejected' };
    return { ...variable, ...name, attributeType, ...answer };
  });
  const set = results.filter(({ status }) => status === 'Accepted');
  const changes = set.map(({ status: _, reason: __, ...value }) => value);
  return {
    ...resultOf(results),
    writes: changes.map((value) => writeVariableValue(station.id, value, now)),
    events: changes.length === 0 ? [] : [deviceModelChanged(station, changes, now)],
  };
}

/** The input with the values of passwords and keys hidden: it is kept with the operation. */
function maskSecrets({ variables }: SetVariables): SetVariables {
  const { setVariableData } = redactedRequest('2.1', 'SetVariables', {
    setVariableData: variables.map((variable) => ({
      ...nameToOcpp2(variable),
      attributeValue: variable.value,
    })),
  });
  return {
    variables: variables.map((variable, index) => ({
      ...variable,
      value: setVariableData[index]?.attributeValue ?? hidden,
    })),
  };
}
