/** A JSON Schema as plain data: what a TypeBox schema is once its types have done their work. */
export type JsonSchema = Readonly<Record<string, unknown>>;

const ofOne = new Set([
  'items',
  'additionalProperties',
  'not',
  'contains',
  'propertyNames',
  'if',
  'then',
  'else',
]);
const ofList = new Set(['anyOf', 'oneOf', 'allOf', 'prefixItems']);
const ofMap = new Set(['properties', 'patternProperties', '$defs']);

/** A copy in which every schema within, innermost first, was replaced by what `change` makes of it. */
export function mapSchema(schema: object, change: (schema: JsonSchema) => JsonSchema): JsonSchema {
  const within = (value: unknown): unknown => (isSchemaObject(value) ? mapSchema(value, change) : value);
  const copy: Record<string, unknown> = {};
  for (const [keyword, value] of Object.entries(schema)) {
    if (ofOne.has(keyword)) copy[keyword] = within(value);
    else if (ofList.has(keyword) && Array.isArray(value)) copy[keyword] = value.map(within);
    else if (ofMap.has(keyword) && isSchemaObject(value)) {
      copy[keyword] = Object.fromEntries(
        Object.entries(value).map(([name, member]) => [name, within(member)]),
      );
    } else copy[keyword] = value;
  }
  return change(copy);
}

/** Without `$id`, which names a component for OpenAPI and would make a compiler refuse its second appearance. */
export function withoutIds(schema: object): JsonSchema {
  return mapSchema(schema, ({ $id: _, ...rest }) => rest);
}

/**
 * With every object closed that does not say otherwise: an unknown field in a request is an error of the caller,
 * not something to drop in silence. The parts of an `allOf` stay open, since each sees the fields of the others.
 */
export function closed(schema: object): JsonSchema {
  return mapSchema(schema, (part) => {
    if (Array.isArray(part.allOf))
      return { ...part, type: 'object', allOf: part.allOf.map(reopened), unevaluatedProperties: false };
    if (!isSchemaObject(part.properties) || 'additionalProperties' in part) return part;
    return { ...part, additionalProperties: false };
  });
}

function reopened(part: JsonSchema): JsonSchema {
  const { additionalProperties: _, ...open } = part;
  return open;
}

export function isSchemaObject(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
