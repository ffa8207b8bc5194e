import {
  actionListing,
  allSchemas,
  findAction,
  jsonSchema,
  type PayloadKind,
  type Version,
} from '@busbar/ocpp';

export interface SchemaOptions {
  readonly version?: Version;
  readonly action?: string;
  readonly kind?: PayloadKind;
  readonly list?: boolean;
  readonly all?: boolean;
}

/** Prints one schema, the list of messages, or all schemas. */
export function schema(options: SchemaOptions): void {
  process.stdout.write(schemaText(options));
}

function schemaText({ version, action, kind, list, all }: SchemaOptions): string {
  if (list) return actionListing();
  if (all) return jsonText(allSchemas());
  if (version === undefined || action === undefined || kind === undefined) {
    throw new Error('Name --version, --action and --kind, or ask for --list or --all.');
  }
  const found = jsonSchema(version, action, kind);
  if (found) return jsonText(found);
  throw new Error(
    findAction(version, action)
      ? `${action} of OCPP ${version} is sent without an answer: it has no response.`
      : `OCPP ${version} has no message ${action}. \`busbar schema --list\` prints those that there are.`,
  );
}

function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
