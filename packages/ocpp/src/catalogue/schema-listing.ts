import { type Version, versions } from '../version.ts';
import type { ActionKind, Sender } from './block.ts';
import { type ActionEntry, actionsOf, findAction, type PayloadKind } from './catalogue.ts';

/** A JSON Schema that stands on its own: nothing in it refers to another document. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/**
 * The JSON Schema (draft-07, which every validator reads) of one payload; undefined when the version has no
 * such action, and for the response of a SEND.
 */
export function jsonSchema(version: Version, action: string, kind: PayloadKind): JsonSchema | undefined {
  const schema = findAction(version, action)?.[kind];
  return schema && standalone(schema, version, action, kind);
}

/** One action in a listing. */
export interface ActionLine {
  readonly version: Version;
  readonly action: string;
  readonly direction: 'CS->CSMS' | 'CSMS->CS' | 'both';
  readonly kind: ActionKind;
}

/** Every action of every version, in alphabetical order within its version. */
export function listActions(): readonly ActionLine[] {
  return versions.flatMap((version) =>
    inOrder(version).map(({ action, sentBy, kind }) => ({
      version,
      action,
      direction: directionOf[sentBy],
      kind,
    })),
  );
}

/** The listing as text: version, action, direction and kind, one action a line. */
export function actionListing(): string {
  return listActions()
    .map(({ version, action, direction, kind }) => `${version} ${action} ${direction} ${kind}\n`)
    .join('');
}

/** The schemas of one action; a SEND has no response. */
export interface ActionSchemas {
  readonly request: JsonSchema;
  readonly response?: JsonSchema;
}

/** Every schema of every version: version -> action -> request and response. */
export function allSchemas(): Readonly<Record<Version, Readonly<Record<string, ActionSchemas>>>> {
  return { '1.6': schemasOf('1.6'), '2.0.1': schemasOf('2.0.1'), '2.1': schemasOf('2.1') };
}

function schemasOf(version: Version): Record<string, ActionSchemas> {
  return Object.fromEntries(
    inOrder(version).map(({ action, request, response }) => [
      action,
      {
        request: standalone(request, version, action, 'request'),
        ...(response && { response: standalone(response, version, action, 'response') }),
      },
    ]),
  );
}

function standalone(schema: object, version: Version, action: string, kind: PayloadKind): JsonSchema {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    $id: `urn:busbar:ocpp:${version}:${action}:${kind}`,
    title: `OCPP ${version} ${action} ${kind}`,
    ...structuredClone(schema),
  };
}

function inOrder(version: Version): ActionEntry[] {
  return [...actionsOf(version)].sort((one, other) => (one.action < other.action ? -1 : 1));
}

const directionOf: Readonly<Record<Sender, ActionLine['direction']>> = {
  CS: 'CS->CSMS',
  CSMS: 'CSMS->CS',
  both: 'both',
};
