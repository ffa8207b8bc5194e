import type { ActionOf, Request, Response, Version } from '@busbar/ocpp';
import type { Static, TObject } from 'typebox';
import type { Permission } from './api/permissions.ts';
import type { EventDraft } from './core/events.ts';
import type { Ask } from './core/queries.ts';
import type { SolicitedReport, StationTwin } from './core/twin.ts';
import type { Write } from './store/write.ts';
import type { WhenLost } from './when-lost.ts';

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
  /**
   * What the twin has a copy of. It is recorded while the connection that brought the answer still has the station; a
   * later connection has loaded its own.
   */
  readonly whileHeld?: { readonly writes: readonly Write[]; readonly apply: () => void };
}

/** How one or more versions say a command. */
export interface Dialect {
  readonly versions: readonly Version[];
  readonly action: string;
  /** Whether the input is said by this dialect; without it, every input is. */
  speaksFor?(input: object): boolean;
  /** The payloads of the CALLs, sent one after the other, each when the one before was answered. Never empty. */
  toRequests(input: object, context: CommandContext): readonly object[];
  /** The answers, in the order of the requests. */
  fromResponses(responses: readonly object[], input: object, context: CommandContext): CommandResult;
  /** Messages that the registration gate lets in once the station has accepted, though it is not accepted itself. */
  solicits?(
    input: object,
    context: CommandContext,
  ): readonly (readonly [action: string, what: SolicitedReport | 'once'])[];
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
  /** Fills in what the operator left out and the CSMS knows; before anything is committed. */
  complete?(input: object, ask: Ask): Promise<object>;
  /** Brings the twin up to date when the intent is committed, before the CALL leaves. */
  onIntent?(input: object, context: CommandContext): { readonly apply?: () => void };
  /** Takes back what `onIntent` did when it is certain that the station did not do what was asked. */
  onFailed?(input: object, context: CommandContext): void;
  /** What may be kept of the input, where it can hold secrets; without it, all of it. */
  withoutSecrets?(input: object): object;
  /** How it is found out what became of it when no answer came. */
  readonly whenLost: WhenLost;
}

/** The dialect in which the command is said to a station of this version; undefined when the version has no word for it. */
export function findDialect(command: Command, version: Version, input: object): Dialect | undefined {
  return command.dialects.find(
    ({ versions, speaksFor }) => versions.includes(version) && (speaksFor?.(input) ?? true),
  );
}

export function defineCommand<Input extends TObject>(declaration: {
  readonly name: string;
  readonly summary: string;
  readonly description: string;
  readonly permission: Permission;
  readonly input: Input;
  readonly whenPending?: boolean;
  readonly correlated?: boolean;
  readonly complete?: (input: Static<Input>, ask: Ask) => Promise<Static<Input>>;
  readonly onIntent?: (input: Static<Input>, context: CommandContext) => { readonly apply?: () => void };
  readonly onFailed?: (input: Static<Input>, context: CommandContext) => void;
  readonly withoutSecrets?: (input: Static<Input>) => object;
  readonly whenLost: WhenLost<Static<Input>>;
  readonly dialects: readonly DialectFor<Static<Input>>[];
}): Command {
  return { whenPending: true, correlated: false, ...declaration } as Command;
}

/** A dialect whose input type is still known; made by {@link dialect} and {@link dialectOfSeveral}. */
export interface DialectFor<Input> {
  readonly versions: readonly Version[];
  readonly action: string;
  readonly speaksFor?: (input: Input) => boolean;
  readonly toRequests: (input: Input, context: CommandContext) => readonly object[];
  readonly fromResponses: (
    responses: readonly never[],
    input: Input,
    context: CommandContext,
  ) => CommandResult;
  readonly solicits?: (
    input: Input,
    context: CommandContext,
  ) => readonly (readonly [action: string, what: SolicitedReport | 'once'])[];
}

type Translation<Input> = Pick<DialectFor<Input>, 'speaksFor' | 'solicits'>;

/**
 * Declares how versions say a command in one CALL, typed by the catalogue. `toRequest` throws a `Problem` of the
 * code `unsupported-by-version` for an input that the version cannot express.
 */
export function dialect<Input, V extends Version, A extends ActionOf<V>>(
  versions: readonly V[],
  action: A,
  translation: Translation<Input> & {
    readonly toRequest: (input: Input, context: CommandContext) => Request<V, A> & object;
    readonly fromResponse: (
      response: Response<V, A> & object,
      input: Input,
      context: CommandContext,
    ) => CommandResult;
  },
): DialectFor<Input> {
  const { toRequest, fromResponse, ...rest } = translation;
  return dialectOfSeveral<Input, V, A>(versions, action, {
    ...rest,
    toRequests: (input, context) => [toRequest(input, context)],
    fromResponses([response], input, context) {
      if (!response) throw new Error(`${action} was sent and has no answer`);
      return fromResponse(response, input, context);
    },
  });
}

/** As {@link dialect}, for what a version says in several CALLs of one action. */
export function dialectOfSeveral<Input, V extends Version, A extends ActionOf<V>>(
  versions: readonly V[],
  action: A,
  translation: Translation<Input> & {
    readonly toRequests: (input: Input, context: CommandContext) => readonly (Request<V, A> & object)[];
    readonly fromResponses: (
      responses: readonly (Response<V, A> & object)[],
      input: Input,
      context: CommandContext,
    ) => CommandResult;
  },
): DialectFor<Input> {
  return { versions, action, ...translation } as DialectFor<Input>;
}
