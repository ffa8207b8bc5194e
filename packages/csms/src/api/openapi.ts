import type { TObject } from 'typebox';
import { type ProblemCode, problemCodes, problemContentType, problemTypes } from '../problem.ts';
import { permissions } from './permissions.ts';
import { isNotJson, type ResponseSpec, type Route } from './route.ts';
import { closed, isSchemaObject, type JsonSchema, mapSchema } from './schema.ts';

const problemMediaType = problemContentType.split(';', 1)[0] ?? '';

/**
 * The OpenAPI 3.1 document of these routes. Gathered here and not by a plugin of Fastify: it needs no server, and
 * TypeBox schemas are JSON Schema 2020-12 already, which is what OpenAPI 3.1 asks for.
 */
export function openApiDocument(routes: readonly Route[], version: string) {
  const components = new Components();
  const paths: Record<string, Record<string, unknown>> = {};
  // Answers first: a named schema has there the form in which clients know it.
  const answers = new Map(routes.map((route) => [route, responsesOf(route, components)]));
  for (const route of routes) {
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] = {
      ...paths[path],
      [route.method.toLowerCase()]: operationOf(route, answers.get(route), components),
    };
  }
  const schemas: Readonly<Record<string, JsonSchema>> = { ...components.schemas, Problem };
  return {
    openapi: '3.1.1',
    info: {
      title: 'Busbar',
      version,
      description: 'The management API of the Busbar charging station management system.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/api/v1' }],
    security: [{ bearer: [] }],
    tags: [...new Set(routes.flatMap(({ tags }) => tags))].sort().map((name) => ({ name })),
    paths,
    components: {
      schemas,
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          description: 'The operator token, or one with fewer permissions',
        },
      },
    },
    'x-permissions': permissions,
  };
}

/** The text of docs/openapi.json, byte for byte. */
export function openApiText(routes: readonly Route[], version: string): string {
  return `${JSON.stringify(openApiDocument(routes, version), null, 2)}\n`;
}

const Problem = {
  type: 'object',
  description: 'RFC 9457. docs/reference/errors.md says what each code means.',
  required: ['type', 'title', 'status', 'detail', 'code', 'instance'],
  properties: {
    type: { type: 'string', format: 'uri', examples: ['urn:busbar:problem:not-found'] },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string', description: 'What is wrong here, and what to do' },
    code: { enum: problemCodes },
    instance: { type: 'string', format: 'uri', description: 'The request id, as it stands in the log' },
    errors: {
      type: 'array',
      description: 'With invalid-request: each field at fault',
      items: {
        type: 'object',
        required: ['field', 'message'],
        properties: {
          field: { type: 'string', description: 'A JSON pointer into the body, or a parameter' },
          message: { type: 'string' },
        },
      },
    },
  },
};

function operationOf(route: Route, responses: unknown, components: Components) {
  const { operationId, summary, description, tags, permission, body } = route;
  const parameters = [
    ...parametersOf('path', route.params, components),
    ...parametersOf('query', route.query, components),
    ...parametersOf('header', route.headers, components),
  ];
  return {
    operationId,
    summary,
    ...(description !== undefined && { description }),
    tags,
    'x-permission': permission,
    ...(parameters.length > 0 && { parameters }),
    ...(body && {
      requestBody: {
        required: true,
        content: { 'application/json': { schema: components.place(closed(body)) } },
      },
    }),
    responses,
  };
}

function parametersOf(
  place: 'path' | 'query' | 'header',
  schema: TObject | undefined,
  components: Components,
) {
  const { properties, required }: JsonSchema = { ...schema };
  const always = Array.isArray(required) ? required : [];
  return Object.entries(isSchemaObject(properties) ? properties : {}).map(([name, member]) => {
    const { description, ...rest } = isSchemaObject(member) ? member : {};
    const type = components.place(rest);
    return {
      name,
      in: place,
      // A default fills in what is absent.
      required: always.includes(name) && !('default' in rest),
      ...(description !== undefined && { description }),
      schema: type,
    };
  });
}

function responsesOf(route: Route, components: Components): Record<string, unknown> {
  const own = Object.entries(route.responses).map(([status, spec]) => [status, responseOf(spec, components)]);
  return { ...Object.fromEntries(own), ...problemResponses(problemsOf(route)) };
}

function responseOf(spec: ResponseSpec, components: Components) {
  if (!isNotJson(spec)) {
    const description =
      'description' in spec && typeof spec.description === 'string' ? spec.description : 'Done';
    return { description, content: { 'application/json': { schema: components.place(spec) } } };
  }
  if (spec.kind === 'no-content') return { description: spec.description };
  const mediaType = spec.contentType.split(';', 1)[0] ?? spec.contentType;
  return { description: spec.description, content: { [mediaType]: { schema: { type: 'string' } } } };
}

/** What the route throws, and what any request like it may run into on its way there. */
function problemsOf({ problems, params, query, headers, body }: Route): ProblemCode[] {
  const anyRequest = [
    'unauthenticated',
    'forbidden',
    'rate-limited',
    'internal',
    'overloaded',
    'database-unavailable',
  ];
  const withInput = params || query || headers || body ? ['invalid-request'] : [];
  const withBody = body ? ['request-timeout', 'too-large', 'unsupported-media-type'] : [];
  const all = new Set<string>([...problems, ...anyRequest, ...withInput, ...withBody]);
  return problemCodes.filter((code) => all.has(code));
}

function problemResponses(codes: readonly ProblemCode[]): Record<string, unknown> {
  const byStatus = Map.groupBy(codes, (code) => problemTypes[code].status);
  return Object.fromEntries(
    [...byStatus].map(([status, sharing]) => [
      status,
      {
        description: sharing.map((code) => `${problemTypes[code].title} (\`${code}\`)`).join('; '),
        content: {
          [problemMediaType]: {
            schema: {
              allOf: [{ $ref: '#/components/schemas/Problem' }, { properties: { code: { enum: sharing } } }],
            },
          },
        },
      },
    ]),
  );
}

/** The schemas that have a name (`$id`), each once. */
class Components {
  readonly schemas: Record<string, JsonSchema> = {};
  readonly #texts = new Map<string, string>();

  /** The schema with a reference wherever a named one stood. */
  place(schema: object): JsonSchema {
    return mapSchema(schema, ({ $id, ...rest }) => {
      if (typeof $id !== 'string') return rest;
      const text = JSON.stringify(rest);
      // A body has the form of requests, in which unknown fields are refused: it may differ from the answer's.
      const name = [$id, `${$id}Request`].find((candidate) => (this.#texts.get(candidate) ?? text) === text);
      if (name === undefined) throw new Error(`two schemas with different content are named ${$id}`);
      this.#texts.set(name, text);
      this.schemas[name] = rest;
      return { $ref: `#/components/schemas/${name}` };
    });
  }
}
