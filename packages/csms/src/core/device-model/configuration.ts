import type { Response } from '@busbar/ocpp';
import { variableOfKey } from './configuration-keys.ts';
import type { ReportedVariable } from './tables.ts';

type ConfigurationKey = NonNullable<Response<'1.6', 'GetConfiguration'>['configurationKey']>[number];

/** A 1.6 configuration key as the variable that it is. Secrets have been taken out before. */
export function variableFromConfiguration({ key, readonly, value }: ConfigurationKey): ReportedVariable {
  return {
    ...variableOfKey(key),
    actual: value,
    target: undefined,
    minSet: undefined,
    maxSet: undefined,
    mutability: readonly ? 'ReadOnly' : 'ReadWrite',
    persistent: undefined,
    constant: undefined,
    characteristics: undefined,
  };
}
