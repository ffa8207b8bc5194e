import type { Pool } from 'pg';
import { Type } from 'typebox';
import { oneOf, text } from '../../api/fields.ts';
import { PageQuery, page, pageOf, readCursor } from '../../api/pagination.ts';
import { defineRoute, noContent, type Route } from '../../api/route.ts';
import type { Committer } from '../../store/committer.ts';
import type { Credentials } from './credentials.ts';
import { identityKey } from './identity.ts';
import { StationPath, unknownStation } from './path.ts';
import {
  ChangedStation,
  RegisteredStation,
  type RegistrationRules,
  StationChange,
  type StationChanges,
  StationToRegister,
  stationRegistry,
} from './registry.ts';
import {
  Evse,
  isOnline,
  OcppVersion,
  readStation,
  Station,
  StationDetails,
  type StationRow,
  selectStation,
  stationOf,
} from './view.ts';

export interface StationRoutesOptions {
  readonly pool: Pool;
  readonly committer: Pick<Committer, 'commit'>;
  readonly credentials: Credentials;
  readonly changes: StationChanges;
  readonly rules: RegistrationRules;
  readonly now: () => Date;
}

const tags = ['Stations'] as const;

/** The stations as a resource: what may connect, and what is known of it. */
export function stationRoutes(options: StationRoutesOptions): Route[] {
  const registry = stationRegistry(options);
  return [
    listStations(options.pool),
    defineRoute({
      method: 'POST',
      path: '/stations',
      permission: 'stations:write',
      operationId: 'registerStation',
      summary: 'Register a station',
      description:
        'Only a registered station may connect. Its password is chosen, or generated when it is left out; a generated one is in this answer and can never be read again.',
      tags,
      body: StationToRegister,
      responses: { 201: RegisteredStation },
      problems: ['conflict'],
      async handle({ body }, { principal }) {
        const { id, password } = await registry.register(body, principal.id);
        const station = await present(options.pool, id);
        return {
          status: 201,
          headers: { location: `/api/v1/stations/${encodeURIComponent(id)}` },
          body: { station, ...(password !== undefined && { password }) },
        };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/stations/:stationId',
      permission: 'stations:read',
      operationId: 'readStation',
      summary: 'Read a station with its EVSEs and open transactions',
      tags,
      params: StationPath,
      responses: { 200: StationDetails },
      problems: ['not-found'],
      handle: async ({ params }) => ({ status: 200, body: await present(options.pool, params.stationId) }),
    }),
    defineRoute({
      method: 'PATCH',
      path: '/stations/:stationId',
      permission: 'stations:write',
      operationId: 'changeStation',
      summary: 'Approve, reject or change a station',
      description:
        'Only what is named changes. An admission reaches the station in the answer to its next BootNotification. A password given here is what the station is expected to send: it is not sent to the station.',
      tags,
      params: StationPath,
      body: StationChange,
      responses: { 200: ChangedStation },
      problems: ['not-found'],
      async handle({ params, body }, { principal }) {
        const before = await present(options.pool, params.stationId);
        const password = await registry.change(before, body, principal.id);
        const station = await present(options.pool, before.id);
        return { status: 200, body: { station, ...(password !== undefined && { password }) } };
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: '/stations/:stationId',
      permission: 'stations:write',
      operationId: 'removeStation',
      summary: 'Remove a station',
      description:
        'Refused while it is connected or has an open transaction. Its transactions and messages are history and stay readable.',
      tags,
      params: StationPath,
      responses: { 204: noContent('The station is removed') },
      problems: ['not-found', 'conflict'],
      async handle({ params }, { principal }) {
        await registry.remove(await present(options.pool, params.stationId), principal.id);
        return { status: 204 };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/stations/:stationId/evses',
      permission: 'stations:read',
      operationId: 'listEvses',
      summary: 'List the EVSEs of a station with their connectors',
      tags,
      params: StationPath,
      responses: { 200: Type.Object({ items: Type.Array(Evse) }) },
      problems: ['not-found'],
      async handle({ params }) {
        const { evses } = await present(options.pool, params.stationId);
        return { status: 200, body: { items: evses } };
      },
    }),
  ];
}

function listStations(pool: Pool): Route {
  return defineRoute({
    method: 'GET',
    path: '/stations',
    permission: 'stations:read',
    operationId: 'listStations',
    summary: 'List stations by identity',
    tags,
    query: Type.Object({
      ...PageQuery.properties,
      online: Type.Optional(Type.Boolean({ description: 'Only those that are connected, or that are not' })),
      registration: Type.Optional(
        oneOf(['Accepted', 'Pending', 'Rejected', 'None'], {
          description: 'Only those whose last BootNotification was answered so; None: not booted yet',
        }),
      ),
      admission: Type.Optional(
        oneOf(['Accepted', 'Pending', 'Rejected'], {
          description: 'Only those of which the operator decided so',
        }),
      ),
      version: Type.Optional(OcppVersion),
      search: Type.Optional(
        text(100, {
          description: 'Only those with this text in identity, vendor, model, serial number or note',
        }),
      ),
    }),
    responses: { 200: pageOf(Station) },
    problems: [],
    async handle({ query }) {
      const { limit, cursor, online, registration, admission, version, search } = query;
      const after = readCursor(cursor, Type.Object({ key: Type.String() }));
      const { rows } = await pool.query<StationRow>(
        `${selectStation}
         where ($1::text is null or identity_key > $1)
           and ($2::boolean is null or coalesce(${isOnline}, false) = $2)
           and ($3::text is null or coalesce(registration, 'None') = $3)
           and ($4::text is null or admission = $4)
           and ($5::text is null or version = $5)
           and ($6::text is null
             or strpos(lower(concat_ws(e'\\n', station.id, vendor, model, serial_number, note)), lower($6)) > 0)
         order by identity_key limit $7`,
        [after?.key, online, registration, admission, version, search, limit + 1],
      );
      const body = page(rows.map(stationOf), limit, ({ id }) => ({ key: identityKey(id) }));
      return { status: 200, body };
    },
  });
}

async function present(pool: Pool, stationId: string): Promise<StationDetails> {
  const station = await readStation(pool, stationId);
  if (station === undefined) throw unknownStation(stationId);
  return station;
}
