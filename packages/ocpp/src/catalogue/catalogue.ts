import type { Static, TObject } from 'typebox';
import type { Version } from '../version.ts';
import type { ActionKind, Sender } from './block.ts';
import type { SensitiveField } from './sensitivity.ts';
import { v16 } from './v16/actions.ts';
import { v21 } from './v21/actions.ts';
import { v201 } from './v201/actions.ts';

/** Every action of every version, statically typed: the one source of types, validators and JSON Schemas. */
export const catalogue = { '1.6': v16, '2.0.1': v201, '2.1': v21 };

type Catalogue = typeof catalogue;

/** The names of a version's actions. */
export type ActionOf<V extends Version> = { [Each in V]: keyof Catalogue[Each] & string }[V];

/** The payload of an action's CALL or SEND. */
export type Request<V extends Version, A extends ActionOf<V>> = PayloadOf<V, A, 'request'>;

/** The payload of an action's CALLRESULT; never for a SEND. */
export type Response<V extends Version, A extends ActionOf<V>> = PayloadOf<V, A, 'response'>;

type PayloadOf<V extends Version, A extends string, Kind extends PayloadKind> = {
  [Each in V]: A extends keyof Catalogue[Each] ? StaticOf<Catalogue[Each][A], Kind> : never;
}[V];

type StaticOf<Entry, Kind extends PayloadKind> =
  Entry extends Readonly<Record<Kind, infer Schema extends TObject>> ? Static<Schema> : never;

/** The half of an exchange that a payload belongs to. */
export type PayloadKind = 'request' | 'response';

/** What is known of an action when its name came from outside. */
export interface ActionEntry {
  readonly version: Version;
  readonly action: string;
  /** 2.x: the functional block's letter, `A` to `S`. 1.6: the feature profile, e.g. `Core`. */
  readonly block: string;
  readonly kind: ActionKind;
  readonly sentBy: Sender;
  readonly request: TObject;
  /** Absent for a SEND. */
  readonly response?: TObject;
  /** Fields of either payload that are secret or personal. */
  readonly sensitive: readonly SensitiveField[];
}

const entriesOf: Readonly<Record<Version, ReadonlyMap<string, ActionEntry>>> = {
  '1.6': new Map<string, ActionEntry>(Object.entries(v16)),
  '2.0.1': new Map<string, ActionEntry>(Object.entries(v201)),
  '2.1': new Map<string, ActionEntry>(Object.entries(v21)),
};

/** The entry of an action by a name that may be anything; undefined when the version has no such action. */
export function findAction(version: Version, action: string): ActionEntry | undefined {
  return entriesOf[version].get(action);
}

/** Every action of a version, by functional block. */
export function actionsOf(version: Version): Iterable<ActionEntry> {
  return entriesOf[version].values();
}
