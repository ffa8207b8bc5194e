import type { Readable } from 'node:stream';
import type { Static, TObject, TSchema } from 'typebox';
import type { ProblemCode } from '../problem.ts';
import type { Permission, Principal } from './permissions.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** An answer without a body. */
export interface NoContent {
  readonly kind: 'no-content';
  readonly description: string;
}

/** An answer that is written piece by piece until its end: its handler returns a Readable as the body. */
export interface Streamed {
  readonly kind: 'streamed';
  readonly contentType: string;
  readonly description: string;
}

export type ResponseSpec = TSchema | NoContent | Streamed;
export type Responses = Readonly<Record<number, ResponseSpec>>;

export interface RouteContext {
  readonly principal: Principal;
  readonly requestId: string;
}

export interface RouteRequest<
  Params extends TObject = TObject,
  Query extends TObject = TObject,
  Headers extends TObject = TObject,
  Body extends TSchema = TSchema,
> {
  /** Percent-decoded. */
  readonly params: Static<Params>;
  /** Coerced from text to the types of the schema, defaults filled in. */
  readonly query: Static<Query>;
  /** Names in lower case. */
  readonly headers: Static<Headers>;
  readonly body: Static<Body>;
}

type BodyOf<Spec> = Spec extends NoContent
  ? { readonly body?: undefined }
  : Spec extends Streamed
    ? { readonly body: Readable }
    : Spec extends TSchema
      ? { readonly body: Static<Spec> }
      : never;

/** One of the answers that the route declares: a status with the body of that status. */
export type RouteAnswer<R extends Responses> = {
  [Status in keyof R & number]: {
    readonly status: Status;
    readonly headers?: Readonly<Record<string, string>>;
  } & BodyOf<R[Status]>;
}[keyof R & number];

export interface RouteDefinition<
  Params extends TObject,
  Query extends TObject,
  Headers extends TObject,
  Body extends TSchema,
  R extends Responses,
> {
  readonly method: Method;
  /** Below /api/v1, with `:name` for parameters: `/stations/:stationId`. */
  readonly path: `/${string}`;
  readonly permission: Permission;
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly tags: readonly [string, ...string[]];
  /** One property for each `:name` of the path. */
  readonly params?: Params;
  readonly query?: Query;
  /** Only the headers that the handler reads, names in lower case. */
  readonly headers?: Headers;
  /** Unknown properties are refused unless a schema within says `additionalProperties: true`. */
  readonly body?: Body;
  /** Name a schema by `$id` to give it a place of its own in the OpenAPI document. */
  readonly responses: R;
  /** What this route throws itself; what any request may run into is added to its documentation by itself. */
  readonly problems: readonly ProblemCode[];
  handle(
    request: RouteRequest<Params, Query, Headers, Body>,
    context: RouteContext,
  ): Promise<RouteAnswer<NoInfer<R>>> | RouteAnswer<NoInfer<R>>;
}

/** A route whose types were checked where it was defined; the server knows no more of it than this. */
export interface Route {
  readonly method: Method;
  readonly path: `/${string}`;
  readonly permission: Permission;
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly tags: readonly string[];
  readonly params?: TObject;
  readonly query?: TObject;
  readonly headers?: TObject;
  readonly body?: TSchema;
  readonly responses: Responses;
  readonly problems: readonly ProblemCode[];
  handle(request: RouteRequest, context: RouteContext): Promise<AnyAnswer> | AnyAnswer;
}

export interface AnyAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** Declares one HTTP operation. Throws when the parameters of the path and of the schema are not the same. */
export function defineRoute<
  R extends Responses,
  Params extends TObject = TObject<Record<never, never>>,
  Query extends TObject = TObject<Record<never, never>>,
  Headers extends TObject = TObject<Record<never, never>>,
  Body extends TSchema = TObject<Record<never, never>>,
>(route: RouteDefinition<Params, Query, Headers, Body, R>): Route {
  const inPath = pathParameters(route.path);
  const declared = Object.keys(route.params?.properties ?? {});
  if (inPath.toSorted().join() !== declared.toSorted().join()) {
    throw new Error(
      `route ${route.operationId}: the path ${route.path} has the parameters [${inPath}], its schema has [${declared}]`,
    );
  }
  return route;
}

export function pathParameters(path: string): string[] {
  return [...path.matchAll(/:([A-Za-z]\w*)/g)].flatMap((match) => match[1] ?? []);
}

export function noContent(description: string): NoContent {
  return { kind: 'no-content', description };
}

export function streamed(contentType: string, description: string): Streamed {
  return { kind: 'streamed', contentType, description };
}

/** Every other answer is JSON by its schema. */
export function isNotJson(spec: ResponseSpec): spec is NoContent | Streamed {
  return 'kind' in spec;
}
