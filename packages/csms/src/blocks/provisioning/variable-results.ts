import type { CommandResult } from '../../command.ts';
import type { AttributeType, VariableName } from '../../core/device-model/variable.ts';

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
