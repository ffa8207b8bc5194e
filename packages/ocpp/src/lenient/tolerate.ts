import type { ActionEntry, PayloadKind } from '../catalogue/catalogue.ts';
import { validate } from '../validate.ts';
import type { Finding } from './finding.ts';
import { mend } from './mend.ts';

/** A payload made good. */
export interface Tolerated {
  /** Valid, except that texts over their limit are whole. Shares what needed no mending with the original. */
  readonly payload: object;
  readonly findings: readonly Finding[];
}

/**
 * Makes a payload good that breaks its schema, as far as that is safe (the table in this folder's README);
 * undefined where it is not. The catalogue's validator has the last word on what was mended.
 */
export function tolerate(entry: ActionEntry, kind: PayloadKind, payload: unknown): Tolerated | undefined {
  const { version, action } = entry;
  const schema = entry[kind];
  if (schema === undefined) return undefined;
  const isMissing = payload === undefined || payload === null;
  const given = isMissing ? {} : payload;
  const checked = mend({ entry, kind, schema, payload: given, cutsTexts: true });
  if (validate(version, action, kind, checked.payload) !== undefined) return undefined;
  const whole = mend({ entry, kind, schema, payload: given, cutsTexts: false });
  if (typeof whole.payload !== 'object' || whole.payload === null) return undefined;
  const missing: Finding = {
    kind: 'MissingPayload',
    action,
    detail: 'The payload is missing; {} is assumed',
  };
  return { payload: whole.payload, findings: isMissing ? [missing, ...whole.findings] : whole.findings };
}
