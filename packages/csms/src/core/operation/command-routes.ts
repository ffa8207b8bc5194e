import type { Pool } from 'pg';
import { type TObject, Type } from 'typebox';
import { IdempotencyKeyHeader } from '../../api/idempotency-key.ts';
import { defineRoute, type Route } from '../../api/route.ts';
import type { Command } from '../../command.ts';
import { commandLimits, type GiveCommand } from '../../commands.ts';
import { invalidRequest } from '../../problem.ts';
import { readStationId, StationPath } from '../station/path.ts';
import { isStorable } from '../storable.ts';
import { Operation } from './schema.ts';
import { isOpen } from './settle.ts';

export interface CommandRoutesOptions {
  readonly commands: readonly Command[];
  readonly give: GiveCommand;
  readonly pool: Pool;
}

const Wait = Type.Object({
  waitSeconds: Type.Integer({
    minimum: 0,
    maximum: commandLimits.longestWaitMs / 1_000,
    default: commandLimits.defaultWaitMs / 1_000,
    description:
      "How long to wait for the station's answer before the operation is given back as it is, in seconds",
  }),
});

const answers =
  '200: the station has answered, see `state`. 202: there is no answer yet; `Location` says where to follow the operation.';

/** One route for each command, made from its declaration. */
export function commandRoutes(options: CommandRoutesOptions): Route[] {
  return options.commands.map((command) => commandRoute(command, options));
}

function commandRoute(command: Command, { give, pool }: CommandRoutesOptions): Route {
  return defineRoute({
    method: 'POST',
    path: `/stations/:stationId/commands/${command.name}`,
    permission: command.permission,
    operationId: camelCase(command.name),
    summary: command.summary,
    description: `${command.description}\n\n${answers}`,
    tags: ['Commands'],
    params: StationPath,
    query: Wait,
    headers: IdempotencyKeyHeader,
    body: inputOf(command),
    responses: { 200: Operation, 202: Operation },
    problems: [
      'not-found',
      'conflict',
      'station-offline',
      'station-not-accepted',
      'unsupported-by-version',
      'idempotency-key-reused',
      'node-unreachable',
      'operation-timeout',
    ],
    async handle({ params, query, headers, body }, { principal }) {
      if (!isStorable(body)) {
        throw invalidRequest([
          { field: '', message: 'The input has U+0000 or half of a surrogate pair in a text' },
        ]);
      }
      const idempotencyKey = headers['idempotency-key'];
      const operation = await give({
        stationId: await readStationId(pool, params.stationId),
        command: command.name,
        input: body,
        givenBy: principal.id,
        ...(idempotencyKey !== undefined && { idempotencyKey }),
        waitMs: query.waitSeconds * 1_000,
      });
      return {
        status: isOpen(operation) ? 202 : 200,
        headers: { location: `/api/v1/operations/${operation.id}` },
        body: operation,
      };
    },
  });
}

/** The command's input under a name of its own in the OpenAPI document. */
function inputOf({ name, input }: Command): TObject {
  return Object.assign({ $id: `${camelCase(`-${name}`)}Input` }, input);
}

function camelCase(name: string): string {
  return name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}
