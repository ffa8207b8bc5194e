import { defineWrite, type Write } from '../../store/write.ts';
import type { VariableName, VariableValue } from './variable.ts';

/** All that a station reports of a variable. */
export interface ReportedVariable extends VariableName {
  readonly actual: string | undefined;
  readonly target: string | undefined;
  readonly minSet: string | undefined;
  readonly maxSet: string | undefined;
  readonly mutability: string | undefined;
  readonly persistent: boolean | undefined;
  readonly constant: boolean | undefined;
  /** Unit, data type and limits, as the station gave them. */
  readonly characteristics: object | undefined;
}

const nameColumns = {
  station_id: 'text',
  component: 'text',
  component_instance: 'text',
  evse_id: 'integer',
  connector_id: 'integer',
  name: 'text',
  name_instance: 'text',
} as const;
const valueColumns = { actual: 'text', target: 'text', min_set: 'text', max_set: 'text' } as const;
const reportColumns = {
  ...nameColumns,
  ...valueColumns,
  mutability: 'text',
  persistent: 'boolean',
  constant: 'boolean',
  characteristics: 'jsonb',
  reported_at: 'timestamptz',
} as const;

type RowOf<Columns> = { readonly [Column in keyof Columns]: unknown };

const upsertReported = defineWrite<RowOf<typeof reportColumns>>({
  name: 'variable',
  columns: reportColumns,
  key: keyOf,
  sql: (rows) => `insert into variable (${listOf(reportColumns)})
    select ${listOf(reportColumns)} from ${rows}
    on conflict (${listOf(nameColumns)}) do update set
      actual = excluded.actual, target = excluded.target, min_set = excluded.min_set, max_set = excluded.max_set,
      mutability = coalesce(excluded.mutability, variable.mutability),
      persistent = coalesce(excluded.persistent, variable.persistent),
      constant = coalesce(excluded.constant, variable.constant),
      characteristics = coalesce(excluded.characteristics, variable.characteristics),
      reported_at = excluded.reported_at`,
});

const valueRowColumns = { ...nameColumns, ...valueColumns, reported_at: 'timestamptz' } as const;

const upsertValue = defineWrite<RowOf<typeof valueRowColumns>>({
  name: 'variable_value',
  columns: valueRowColumns,
  key: keyOf,
  sql: (rows) => `insert into variable (${listOf(valueRowColumns)})
    select ${listOf(valueRowColumns)} from ${rows}
    on conflict (${listOf(nameColumns)}) do update set
      actual = coalesce(excluded.actual, variable.actual), target = coalesce(excluded.target, variable.target),
      min_set = coalesce(excluded.min_set, variable.min_set), max_set = coalesce(excluded.max_set, variable.max_set),
      reported_at = excluded.reported_at`,
});

const actualColumns = { ...nameColumns, actual: 'text', reported_at: 'timestamptz' } as const;

const updateActual = defineWrite<RowOf<typeof actualColumns>>({
  name: 'variable_actual',
  columns: actualColumns,
  key: keyOf,
  sql: (rows) => `update variable set actual = rows.actual, reported_at = rows.reported_at
    from ${rows} where ${Object.keys(nameColumns)
      .map((name) => `variable.${name} = rows.${name}`)
      .join(' and ')}`,
});

/** A variable with its attributes, as a report gives it. Secrets have been taken out before. */
export function writeReportedVariable(stationId: string, variable: ReportedVariable, at: Date): Write {
  return upsertReported({
    ...nameOf(stationId, variable),
    actual: variable.actual,
    target: variable.target,
    min_set: variable.minSet,
    max_set: variable.maxSet,
    mutability: variable.mutability,
    persistent: variable.persistent,
    constant: variable.constant,
    characteristics: variable.characteristics,
    reported_at: at.toISOString(),
  });
}

/** One value of a variable that was read or written by name. Secrets have been taken out before. */
export function writeVariableValue(
  stationId: string,
  { attributeType, value, ...name }: VariableValue,
  at: Date,
): Write {
  return upsertValue({
    ...nameOf(stationId, name),
    actual: attributeType === 'Actual' ? value : undefined,
    target: attributeType === 'Target' ? value : undefined,
    min_set: attributeType === 'MinSet' ? value : undefined,
    max_set: attributeType === 'MaxSet' ? value : undefined,
    reported_at: at.toISOString(),
  });
}

/** The actual value of a variable that is known already: what an event tells makes no device model. */
export function writeKnownActual(stationId: string, name: VariableName, actual: string, at: Date): Write {
  return updateActual({ ...nameOf(stationId, name), actual, reported_at: at.toISOString() });
}

function nameOf(stationId: string, name: VariableName) {
  return {
    station_id: stationId,
    component: name.component,
    component_instance: name.componentInstance ?? '',
    evse_id: name.evseId ?? 0,
    connector_id: name.connectorId ?? 0,
    name: name.variable,
    name_instance: name.variableInstance ?? '',
  };
}

function keyOf(row: RowOf<typeof nameColumns>): string {
  return JSON.stringify([
    row.station_id,
    row.component,
    row.component_instance,
    row.evse_id,
    row.connector_id,
    row.name,
    row.name_instance,
  ]);
}

function listOf(columns: Readonly<Record<string, string>>): string {
  return Object.keys(columns).join(', ');
}
