import type { Version } from '../version.ts';
import type { PayloadKind } from './catalogue.ts';

/** Something for each payload of each version, found by the action's name in one look-up. */
export type PayloadTable<Value> = Readonly<
  Record<Version, Readonly<Record<PayloadKind, Map<string, Value>>>>
>;

export function payloadTable<Value>(): PayloadTable<Value> {
  return {
    '1.6': { request: new Map(), response: new Map() },
    '2.0.1': { request: new Map(), response: new Map() },
    '2.1': { request: new Map(), response: new Map() },
  };
}
