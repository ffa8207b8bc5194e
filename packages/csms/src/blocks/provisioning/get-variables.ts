import type { Request, Response } from '@busbar/ocpp';
import { type Static, Type } from 'typebox';
import { type CommandContext, type CommandResult, defineCommand, dialect } from '../../command.ts';
import { reasonOf } from '../../core/command-answer.ts';
import { variableFromConfiguration } from '../../core/device-model/configuration.ts';
import { keyOfVariable } from '../../core/device-model/configuration-keys.ts';
import { redactedResponse } from '../../core/device-model/redacted.ts';
import { writeReportedVariable, writeVariableValue } from '../../core/device-model/tables.ts';
import { AttributeType, nameFromOcpp2, nameToOcpp2, VariableName } from '../../core/device-model/variable.ts';
import { Problem } from '../../problem.ts';
import { resultOf, type VariableResult } from './variable-results.ts';

const GetVariables = Type.Object(
  {
    variables: Type.Array(
      Type.Object(
        { ...VariableName.properties, attributeType: Type.Optional(AttributeType) },
        { additionalProperties: false },
      ),
      { minItems: 1, maxItems: 100 },
    ),
  },
  { additionalProperties: false },
);
type GetVariables = Static<typeof GetVariables>;

/** B06 and 1.6 section 5.4: values of variables, read from the station and noted in its device model. */
export const getVariables = defineCommand({
  name: 'get-variables',
  summary: 'Read variables of a station',
  description:
    'The values are in the result, one for each variable, with the status that the station gave it. The configuration keys of a 1.6 station are variables too: those of the standard by their names in OCPP 2.x, those of vendors as variables of the component `ConfigurationKeys`. Secrets are never shown.',
  permission: 'device-model:read',
  input: GetVariables,
  whenLost: { kind: 'changes-nothing' },
  dialects: [
    dialect(['1.6'], 'GetConfiguration', { toRequest: toConfigurationKeys, fromResponse: fromConfiguration }),
    dialect(['2.0.1', '2.1'], 'GetVariables', { toRequest: toGetVariables, fromResponse: fromGetVariables }),
  ],
});

function toConfigurationKeys({ variables }: GetVariables): Request<'1.6', 'GetConfiguration'> {
  const other = variables.find(({ attributeType = 'Actual' }) => attributeType !== 'Actual');
  if (other) {
    throw new Problem(
      'unsupported-by-version',
      `OCPP 1.6 has one value for each configuration key: ${other.attributeType} of ${other.variable} does not exist.`,
    );
  }
  return { key: variables.map(keyOfVariable) };
}

function fromConfiguration(
  response: Response<'1.6', 'GetConfiguration'>,
  { variables }: GetVariables,
  { station, now }: CommandContext,
): CommandResult {
  const { configurationKey = [], unknownKey = [] } = redactedResponse('1.6', 'GetConfiguration', response);
  const known = new Map(configurationKey.map((entry) => [entry.key.toLowerCase(), entry]));
  const unknown = new Set(unknownKey.map((key) => key.toLowerCase()));
  const results = variables.map((name): VariableResult => {
    const key = keyOfVariable(name).toLowerCase();
    const entry = known.get(key);
    if (entry) return { ...name, attributeType: 'Actual', status: 'Accepted', value: entry.value ?? '' };
    return { ...name, attributeType: 'Actual', status: unknown.has(key) ? 'UnknownVariable' : 'Rejected' };
  });
  return {
    ...resultOf(results),
    writes: configurationKey.map((entry) =>
      writeReportedVariable(station.id, variableFromConfiguration(entry), now),
    ),
  };
}

function toGetVariables({ variables }: GetVariables): Request<'2.1', 'GetVariables'> {
  return {
    getVariableData: variables.map(({ attributeType, ...name }) => ({
      ...nameToOcpp2(name),
      ...(attributeType && { attributeType }),
    })),
  };
}

function fromGetVariables(
  response: Response<'2.0.1' | '2.1', 'GetVariables'>,
  _input: GetVariables,
  { station, now }: CommandContext,
): CommandResult {
  const { getVariableResult } = redactedResponse('2.1', 'GetVariables', response);
  const results = getVariableResult.map((result): VariableResult => {
    const { attributeType = 'Actual', attributeStatus: status, attributeValue, attributeStatusInfo } = result;
    return {
      ...nameFromOcpp2(result),
      attributeType,
      status,
      // B06.FR.13: an attribute that is not set is an empty text.
      ...(status === 'Accepted' && { value: attributeValue ?? '' }),
      ...(attributeStatusInfo && { reason: reasonOf(attributeStatusInfo) }),
    };
  });
  return {
    ...resultOf(results),
    writes: results.flatMap(({ status: _, reason: __, value, ...name }) =>
      value === undefined ? [] : [writeVariableValue(station.id, { ...name, value }, now)],
    ),
  };
}
