import { findAction, type PayloadKind } from './catalogue/catalogue.ts';
import { payloadTable } from './catalogue/payload-table.ts';
import type { Condition, SensitiveField, Sensitivity } from './catalogue/sensitivity.ts';
import type { Version } from './version.ts';

/** What stands in the place of a hidden value. */
export const hidden = '***';

/**
 * The payload with its secrets hidden, for logs, audit, events and error messages. Payloads need not be
 * valid: where one is broken, rather too much is hidden. What is not touched is shared with the original,
 * and a payload without secrets comes back as it is.
 */
export function redact(version: Version, action: string, kind: PayloadKind, payload: object): object {
  return hide(payload, hidingsOf(version, action, kind).secret);
}

/**
 * The payload without its secrets and without anything that says something about a person: for a customer
 * who asked to be forgotten, and wherever a message is shown to those who need not know.
 */
export function erasePersonal(version: Version, action: string, kind: PayloadKind, payload: object): object {
  const { secret, personal } = hidingsOf(version, action, kind);
  return hide(hide(payload, secret), personal);
}

/** Whether payloads of this kind can hold secrets at all. */
export function canHoldSecrets(version: Version, action: string, kind: PayloadKind): boolean {
  return hidingsOf(version, action, kind).secret.length > 0;
}

/** A sensitive field with its paths taken apart, made once per action. */
interface Hiding {
  readonly at: readonly string[];
  readonly field: readonly string[];
  readonly when: { readonly field: readonly string[]; readonly matches: RegExp } | undefined;
  readonly replace: (value: unknown) => unknown;
}

type Hidings = Readonly<Record<Sensitivity, readonly Hiding[]>>;

const nothing: Hidings = { secret: [], personal: [] };

const known = payloadTable<Hidings>();

function hidingsOf(version: Version, action: string, kind: PayloadKind): Hidings {
  return known[version][kind].get(action) ?? gather(version, action, kind);
}

function gather(version: Version, action: string, kind: PayloadKind): Hidings {
  const entry = findAction(version, action);
  if (!entry) return nothing; // not remembered: names from outside are without number
  const fields = entry.sensitive.filter((field) => field.in === kind);
  const hidingsThatAre = (is: Sensitivity) => fields.filter((field) => field.is === is).map(hidingOf);
  const hidings =
    fields.length === 0
      ? nothing
      : { secret: hidingsThatAre('secret'), personal: hidingsThatAre('personal') };
  known[version][kind].set(action, hidings);
  return hidings;
}

function hidingOf({ at, field, when, part }: SensitiveField): Hiding {
  return {
    at: steps(at),
    field: steps(field),
    when: when && { field: steps(when.field), matches: when.matches },
    replace: part === 'url-credentials' ? withoutCredentials : () => hidden,
  };
}

function steps(path: string): readonly string[] {
  return path === '' ? [] : path.split('/');
}

function hide(payload: object, hidings: readonly Hiding[]): object {
  let result: unknown = payload;
  for (const { at, field, when, replace } of hidings) {
    result = replaceAt(result, at, (holder) =>
      when === undefined || holds(when, holder) ? replaceAt(holder, field, replace) : holder,
    );
  }
  return typeof result === 'object' && result !== null ? result : payload;
}

/**
 * A copy in which the values at `path` are replaced; the same value back where that changes nothing. A list
 * where none was expected, and the reverse, is gone through all the same.
 */
function replaceAt(value: unknown, path: readonly string[], replace: (value: unknown) => unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return replace(value);
  if (Array.isArray(value)) {
    const deeper = step === '*' ? rest : path;
    const elements = value.map((element) => replaceAt(element, deeper, replace));
    return elements.some((element, index) => element !== value[index]) ? elements : value;
  }
  if (step === '*') return replaceAt(value, rest, replace);
  if (!isRecord(value) || !Object.hasOwn(value, step)) return value;
  const replaced = replaceAt(value[step], rest, replace);
  return replaced === value[step] ? value : { ...value, [step]: replaced };
}

function holds(
  { field, matches }: { field: readonly string[]; matches: Condition['matches'] },
  holder: unknown,
) {
  let value = holder;
  for (const step of field) value = isRecord(value) ? value[step] : undefined;
  return typeof value !== 'string' || matches.test(value);
}

/** Scheme, host and path stay. Up to the last `@`, because passwords are put into URLs without escaping them. */
function withoutCredentials(url: unknown): string {
  if (typeof url !== 'string') return hidden;
  return url.replace(/^([a-z][a-z\d+.-]*:\/\/)?.*@/is, `$1${hidden}@`).replace(/\?.*$/s, `?${hidden}`);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
