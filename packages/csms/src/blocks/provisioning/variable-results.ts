import { Type } from 'typebox';
import { Check } from 'typebox/value';
import type { CommandResult } from '../../command.ts';
import { AttributeType, identityOf, VariableName } from '../../core/device-model/variable.ts';
import type { OperationView } from '../../core/operation/view.ts';

/** What came of one variable of a command, as the operation shows it. */
export interface VariableResult extends VariableName {
  readonly attributeType: AttributeType;
  /** The station's own word. */
  readonly status: string;
  readonly reason?: string;
  readonly value?: string;
}

const good: ReadonlySet<string> = new Set(['Accepted', 'RebootRequired']);

/** Accepted when every variable was; the status is then that of the first which asks for more, or which failed. */
export function resultOf(variables: readonly VariableResult[]): CommandResult {
  const failed = variables.find(({ status }) => !good.has(status));
  const telling = failed ?? variables.find(({ status }) => status !== 'Accepted');
  return {
    accepted: failed === undefined,
    status: telling?.status ?? 'Accepted',
    ...(telling?.reason !== undefined && { reason: telling.reason }),
    data: { variables },
  };
}

/** Which value of which variable, whatever the spelling of its name. */
export function attributeKey(name: VariableName, attributeType: AttributeType = 'Actual'): string {
  return `${identityOf(name)} ${attributeType}`;
}

const Results = Type.Object({
  variables: Type.Array(
    Type.Object({
      ...VariableName.properties,
      attributeType: AttributeType,
      status: Type.String(),
      value: Type.Optional(Type.String()),
    }),
  ),
});

/** The results of a get-variables that was answered, by {@link attributeKey}; undefined of one that was not. */
export function resultsOf({ result }: OperationView): ReadonlyMap<string, VariableResult> | undefined {
  const data = result?.data;
  if (!Check(Results, data)) return undefined;
  return new Map(
    data.variables.map((variable) => [attributeKey(variable, variable.attributeType), variable]),
  );
}
