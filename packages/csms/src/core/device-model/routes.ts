import type { Pool } from 'pg';
import { type Static, Type } from 'typebox';
import { anyObject, instant, text } from '../../api/fields.ts';
import { PageQuery, page, pageOf, readCursor } from '../../api/pagination.ts';
import { defineRoute, type Route } from '../../api/route.ts';
import { type Row, shown } from '../rows.ts';
import { identityKey } from '../station/identity.ts';
import { refuseUnknownStation, StationPath, stationOfKey } from '../station/path.ts';

const Variable = Type.Object(
  {
    component: Type.String({ examples: ['OCPPCommCtrlr'] }),
    componentInstance: Type.Optional(Type.String()),
    evseId: Type.Optional(Type.Integer({ description: 'Where the component belongs to an EVSE' })),
    connectorId: Type.Optional(Type.Integer({ description: 'Where it belongs to a connector' })),
    variable: Type.String({ examples: ['HeartbeatInterval'] }),
    variableInstance: Type.Optional(Type.String()),
    actual: Type.Optional(
      Type.String({ description: 'As text, in the unit of the characteristics; secrets are never kept' }),
    ),
    target: Type.Optional(Type.String()),
    minSet: Type.Optional(Type.String({ description: 'The lowest value that may be set' })),
    maxSet: Type.Optional(Type.String({ description: 'The highest value that may be set' })),
    mutability: Type.Optional(Type.String({ description: 'ReadOnly, WriteOnly or ReadWrite' })),
    persistent: Type.Optional(Type.Boolean({ description: 'Whether it outlives a reboot' })),
    constant: Type.Optional(Type.Boolean({ description: 'Whether it never changes' })),
    characteristics: Type.Optional(anyObject('Data type, unit, limits, list of values')),
    reportedAt: instant('When the station told it last'),
  },
  { $id: 'Variable' },
);
type Variable = Static<typeof Variable>;

/** The primary key, in which '' and 0 stand for what is absent. */
const Place = Type.Object({
  component: Type.String(),
  componentInstance: Type.String(),
  evseId: Type.Integer(),
  connectorId: Type.Integer(),
  variable: Type.String(),
  variableInstance: Type.String(),
});

/** What a station is made of and set to. The configuration keys of a 1.6 station are variables like those of 2.x. */
export function deviceModelRoutes({ pool }: { readonly pool: Pool }): Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/stations/:stationId/variables',
      permission: 'device-model:read',
      operationId: 'listVariables',
      summary: 'List the variables of a station, as it reported them last',
      description: 'To read them from the station itself, give the command get-variables or get-base-report.',
      tags: ['Device model'],
      params: StationPath,
      query: Type.Object({
        ...PageQuery.properties,
        component: Type.Optional(
          text(50, { description: 'Only those of this component, without regard to case' }),
        ),
        variable: Type.Optional(text(50, { description: 'Only those of this name, without regard to case' })),
        evseId: Type.Optional(
          Type.Integer({ minimum: 0, description: 'Only those of this EVSE; 0: of the station itself' }),
        ),
        search: Type.Optional(
          text(100, { description: 'Only those with this text in component, variable or value' }),
        ),
      }),
      responses: { 200: pageOf(Variable) },
      problems: ['not-found'],
      async handle({ params, query: { limit, cursor, component, variable, evseId, search } }) {
        const after = readCursor(cursor, Place);
        const { rows } = await pool.query<Row<Variable>>(
          `select component, nullif(component_instance, '') as "componentInstance", nullif(evse_id, 0) as "evseId",
             nullif(connector_id, 0) as "connectorId", name as variable, nullif(name_instance, '') as "variableInstance",
             actual, target, min_set as "minSet", max_set as "maxSet", mutability, persistent, constant, characteristics,
             reported_at as "reportedAt"
           from variable
           where station_id = ${stationOfKey}
             and ($2::text is null or lower(component) = lower($2)) and ($3::text is null or lower(name) = lower($3))
             and ($4::integer is null or evse_id = $4)
             and ($5::text is null or strpos(lower(concat_ws(e'\\n', component, name, actual)), lower($5)) > 0)
             and ($6::text is null or (component, component_instance, evse_id, connector_id, name, name_instance)
               > ($6, $7, $8, $9, $10, $11))
           order by component, component_instance, evse_id, connector_id, name, name_instance limit $12`,
          [
            identityKey(params.stationId),
            component,
            variable,
            evseId,
            search,
            after?.component,
            after?.componentInstance,
            after?.evseId,
            after?.connectorId,
            after?.variable,
            after?.variableInstance,
            limit + 1,
          ],
        );
        await refuseUnknownStation(pool, params.stationId, rows);
        return {
          status: 200,
          body: page(
            rows.map((row) => shown<Variable>(row)),
            limit,
            placeOf,
          ),
        };
      },
    }),
  ];
}

function placeOf(of: Variable): Static<typeof Place> {
  return {
    component: of.component,
    componentInstance: of.componentInstance ?? '',
    evseId: of.evseId ?? 0,
    connectorId: of.connectorId ?? 0,
    variable: of.variable,
    variableInstance: of.variableInstance ?? '',
  };
}
