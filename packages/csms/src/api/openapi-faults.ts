import { isSchemaObject, type JsonSchema } from './schema.ts';

/** What is wrong with the structure of an OpenAPI document, one sentence each; for tests. */
export function openApiFaults(document: JsonSchema): string[] {
  const operations = operationsOf(document);
  return [
    ...repeated(operations.map(({ operation }) => String(operation.operationId))).map(
      (id) => `operationId ${id} is not unique`,
    ),
    ...repeated(members(document.paths).map(([path]) => path.replaceAll(/\{\w+\}/g, '{}'))).map(
      (path) => `the path ${path} stands there twice, with parameters of different names`,
    ),
    ...operations.flatMap(parameterFaults),
    ...operations.flatMap(({ name, operation }) => [
      ...(typeof operation['x-permission'] === 'string' ? [] : [`${name} names no permission`]),
      ...(Object.keys(isSchemaObject(operation.responses) ? operation.responses : {}).some((status) =>
        /^2\d\d$/.test(status),
      )
        ? []
        : [`${name} has no answer for success`]),
    ]),
    ...references(document)
      .filter((reference) => resolve(document, reference) === undefined)
      .map((reference) => `${reference} leads nowhere`),
  ];
}

interface Operation {
  readonly name: string;
  readonly path: string;
  readonly operation: JsonSchema;
}

function operationsOf(document: JsonSchema): Operation[] {
  return members(document.paths).flatMap(([path, item]) =>
    members(item).map(([method, operation]) => ({
      name: `${method} ${path}`,
      path,
      operation: isSchemaObject(operation) ? operation : {},
    })),
  );
}

function parameterFaults({ name, path, operation }: Operation): string[] {
  const parameters = (Array.isArray(operation.parameters) ? operation.parameters : []).filter(isSchemaObject);
  const declared = parameters
    .filter((parameter) => parameter.in === 'path')
    .map((parameter) => String(parameter.name));
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map((match) => String(match[1]));
  return [
    ...inPath
      .filter((parameter) => !declared.includes(parameter))
      .map((parameter) => `${name} does not declare ${parameter}`),
    ...declared
      .filter((parameter) => !inPath.includes(parameter))
      .map((parameter) => `${name} declares ${parameter}, which is not in its path`),
    ...parameters
      .filter((parameter) => parameter.in === 'path' && parameter.required !== true)
      .map((parameter) => `${name} has an optional ${parameter.name} in its path`),
    ...repeated(parameters.map((parameter) => `${parameter.in} ${parameter.name}`)).map(
      (parameter) => `${name} has ${parameter} twice`,
    ),
  ];
}

function references(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(references);
  return members(value).flatMap(([key, member]) =>
    key === '$ref' && typeof member === 'string' ? [member] : references(member),
  );
}

function resolve(document: JsonSchema, reference: string): unknown {
  if (!reference.startsWith('#/')) return undefined;
  let place: unknown = document;
  for (const name of reference.slice(2).split('/')) place = isSchemaObject(place) ? place[name] : undefined;
  return place;
}

function members(value: unknown): [string, unknown][] {
  return isSchemaObject(value) ? Object.entries(value) : [];
}

function repeated(names: readonly string[]): string[] {
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
}
