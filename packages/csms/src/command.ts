import type { ActionOf, Request, Response, Version } from '@busbar/ocpp';
import type { Static, TObject } from 'typebox';
import type { Permission } from './api/permissions.ts';
import type { EventDraft } from './core/events.ts';
import type { SolicitedReport, StationTwin } from './core/twin.ts';
import type { Write } from './store/write.ts';

/** What a command knows of its station when it is translated. */
export interface CommandContext {
  readonly station: StationTwin;
  /** The id that the station gives back (remoteStartId, requestId); 0 for commands that take none. */
  readonly correlationId: number;
  /** Our clock. */
  readonly now: Date;
}

/** The station's answer in version-neutral words. */
export interface CommandResult {
  /** Whether the station does what was asked. */
  readonly accepted: boolean;
  /** The status in the station's own word; for commands without one, `Accepted`. */
  readonly status: string;
  /** Reason code and text, where the station gives them. */
  readonly reason?: string;
  /** What else the answer says, in version-neutral form. */
  readonly data?: object;
  readonly writes?: readonly Write[];
  readonly events?: readonly EventDraft[];
  /** Brings the twin up to date; runs once, after the commit. */
  readonly apply?: () => void;
}

/** How one or more versions say a command. */
export interface Dialect {
  readonly versions: readonly Version[];
  readonly action: string;
  toRequest(input: object, context: CommandContext): object;
  fromResponse(response: object, input: object, context: CommandContext): CommandResult;
  /** Messages that the registration gate lets in once the station has accepted, though it is not accepted itself. */
  solicits?(input: object, context: CommandContext): readonly (readonly [action: string, what: SolicitedReport | 'once'])[];
}

/**
 * A command to a station, declared once and free of versions. The route, its OpenAPI entry, the permission check, the
 * operation, the CLI verb and the console's form come from it.
 */
export interface Command {
  /** kebab-case; the last part of the route. */
  readonly name: string;
  readonly summary: string;
  readonly description: string;
  readonly permission: Permission;
  readonly input: TObject;
  readonly dialects: readonly Dialect[];
  /** Whether it may be given while the registration is pending (B02.FR.05 rules out starts and stops). */
  readonly whenPending: boolean;
  /** Takes an id for the station to give back. */
  readonly correlated: boolean;
  /** Written in the same commit as the intent. */
  onIntent?(input: object, context: CommandContext): { readonly apply?: () => void };
}

export function defineCommand<Input extends TObject>(declaration: {
  readonly name: string;
  readonly summary: string;
  readonly description: string;
  readonly permission: Permission;
  readonly input: Input;
  readonly whenPending?: boolean;
  readonly correlated?: boolean;
  readonly onIntent?: (input: Static<Input>, context: CommandContext) => { readonly apply?: () => void };
  readonly dialects: readonly DialectFor<Static<Input>>[];
}): Command {
  return { whenPending: true, correlated: false, ...declaration } as Command;
}

/** A dialect whose input type is still known; made by {@link dialect}. */
export interface DialectFor<Input> {
  readonly versions: readonly Version[];
  readonly action: string;
  readonly toRequest: (input: Input, context: CommandContext) => object;
  readonly fromResponse: (response: never, input: Input, context: CommandContext) => CommandResult;
  readonly solicits?: (
    input: Input,
    context: CommandContext,
  ) => readonly (readonly [action: string, what: SolicitedReport | 'once'])[];
}

/**
 * Declares how versions say a command, typed by the catalogue. `toRequest` throws a `Problem` of the code
 * `unsupported-by-version` for an input that the version cannot express.
 */
export function dialect<Input, V extends Version, A extends ActionOf<V>>(
  versions: readonly V[],
  action: A,
  translation: {
    readonly toRequest: (input: Input, context: CommandContext) => Request<V, A> & object;
    readonly fromResponse: (response: Response<V, A> & object, input: Input, context: CommandContext) => CommandResult;
    readonly solicits?: DialectFor<Input>['solicits'];
  },
): DialectFor<Input> {
  return { versions, action, ...translation } as DialectFor<Input>;
}
