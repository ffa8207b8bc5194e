import type { ActionEntry, PayloadKind } from '../catalogue/catalogue.ts';

/** What a value outside its enumeration becomes. */
export type EnumFallback =
  | { readonly becomes: 'value'; readonly value: string }
  | { readonly becomes: 'nothing' }
  | { readonly becomes: 'no sample' };

/**
 * The fields in which an unknown value has a meaning that is safe. In all others it is refused: to guess at a
 * connector's status or at a transaction's trigger would be to invent facts.
 */
export function fallbackOf(
  { version, action }: ActionEntry,
  kind: PayloadKind,
  field: string,
): EnumFallback | undefined {
  if (kind !== 'request') return undefined;
  const inSample = /\/sampledValue\/\*\/(\w+)$/.exec(field)?.[1];
  if (inSample !== undefined) return sampleFallbacks[inSample];
  const generation = version === '1.6' ? '1.6' : '2.x';
  return fallbacks[`${generation} ${action}${field}`];
}

/** The standard has a value for "something else" there. */
const fallbacks: Readonly<Record<string, EnumFallback>> = {
  '1.6 StatusNotification/errorCode': { becomes: 'value', value: 'OtherError' },
  '1.6 StopTransaction/reason': { becomes: 'value', value: 'Other' },
  '2.x BootNotification/reason': { becomes: 'value', value: 'Unknown' },
  '2.x TransactionEvent/transactionInfo/stoppedReason': { becomes: 'value', value: 'Other' },
};

/**
 * A sample of an unknown quantity, unit or place says nothing, and without the field it would say something else:
 * the defaults are the energy register, in Wh, at the outlet, of all phases. Only the context may go, since
 * without it a sample is one of many.
 */
const sampleFallbacks: Readonly<Record<string, EnumFallback>> = {
  context: { becomes: 'nothing' },
  measurand: { becomes: 'no sample' },
  unit: { becomes: 'no sample' },
  phase: { becomes: 'no sample' },
  location: { becomes: 'no sample' },
  format: { becomes: 'no sample' },
};
