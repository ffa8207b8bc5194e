import type { TObject } from 'typebox';
import type { Version } from '../version.ts';
import { sensitiveFieldsOf } from './schema.ts';
import type { SensitiveField } from './sensitivity.ts';

/** Who sends the request: the charging station, the management system, or either. */
export type Sender = 'CS' | 'CSMS' | 'both';

/** CALL is answered; SEND (2.1) never is. */
export type ActionKind = 'CALL' | 'SEND';

/** What is written down about one action. */
export type ActionDefinition =
  | { readonly sentBy: Sender; readonly kind?: 'CALL'; readonly request: TObject; readonly response: TObject }
  | { readonly sentBy: Sender; readonly kind: 'SEND'; readonly request: TObject; readonly response?: never };

/** A definition with the facts that its place in the catalogue adds. */
export type Action<Name, Definition extends ActionDefinition> = Definition & {
  readonly version: Version;
  readonly action: Name;
  /** 2.x: the functional block's letter, `A` to `S`. 1.6: the feature profile, e.g. `Core`. */
  readonly block: string;
  readonly kind: Definition['kind'] extends 'SEND' ? 'SEND' : 'CALL';
  /** Gathered from the rules at the objects of both payloads. */
  readonly sensitive: readonly SensitiveField[];
};

export type Actions<Definitions extends Record<string, ActionDefinition>> = {
  readonly [Name in keyof Definitions & string]: Action<Name, Definitions[Name]>;
};

/** The actions of one functional block (1.6: feature profile) of one version. */
export function block<const Definitions extends Record<string, ActionDefinition>>(
  version: Version,
  name: string,
  definitions: Definitions,
): Actions<Definitions>;
export function block(version: Version, name: string, definitions: Record<string, ActionDefinition>) {
  return Object.fromEntries(
    Object.entries(definitions).map(([action, definition]) => {
      const { request, response } = definition;
      const sensitive = [
        ...sensitiveFieldsOf(request, 'request'),
        ...(response ? sensitiveFieldsOf(response, 'response') : []),
      ];
      return [action, { version, action, block: name, kind: 'CALL', ...definition, sensitive }];
    }),
  );
}
