import type { Request } from '@busbar/ocpp';
import type { Pool } from 'pg';
import { receive } from '../../block.ts';
import { deviceModelReported } from '../../core/device-model/events.ts';
import { completeInventory } from '../../core/device-model/inventory.ts';
import { redactedRequest } from '../../core/device-model/redacted.ts';
import { type ReportedVariable, writeReportedVariable } from '../../core/device-model/tables.ts';
import { nameFromOcpp2 } from '../../core/device-model/variable.ts';
import { gatherLoads } from '../../store/gather.ts';

type NotifyReport = Request<'2.0.1' | '2.1', 'NotifyReport'>;
type ReportData = NonNullable<NotifyReport['reportData']>[number];

/** B07 and B08: a part of a report of the device model. */
export function notifyReport({ pool }: { readonly pool: Pool }) {
  const findReportBase = createReportBases(pool);
  return receive(['2.0.1', '2.1'], 'NotifyReport', {
    prepare: ({ station, payload }) =>
      payload.tbc ? undefined : findReportBase(JSON.stringify([station.id, payload.requestId])),
    decide({ station, payload, receivedAt }, reportBase) {
      const { reportData = [] } = redactedRequest('2.1', 'NotifyReport', payload);
      const writes = reportData.map((data) =>
        writeReportedVariable(station.id, variableOf(data), receivedAt),
      );
      if (payload.tbc) return { answer: {}, writes, events: [] };
      if (reportBase !== 'FullInventory') {
        return { answer: {}, writes, events: [deviceModelReported(station, false, receivedAt)] };
      }
      const { write, event, apply } = completeInventory(station, receivedAt);
      return { answer: {}, writes: [...writes, write], events: [event], apply };
    },
  });
}

/** What each report was asked for as. A station may report long after it was asked, over another connection. */
function createReportBases(pool: Pool) {
  return gatherLoads<string>(async (keys) => {
    const wanted = keys.map((key) => JSON.parse(key));
    const { rows } = await pool.query(
      `select station_id, correlation_id, input->>'reportBase' as report_base from operation
       where (station_id, correlation_id) in (select * from unnest($1::text[], $2::integer[]))
         and command = 'get-base-report'`,
      [wanted.map(([stationId]) => stationId), wanted.map(([, requestId]) => requestId)],
    );
    return new Map(
      rows.map((row) => [JSON.stringify([row.station_id, row.correlation_id]), row.report_base]),
    );
  });
}

function variableOf(data: ReportData): ReportedVariable {
  const attributes = new Map(
    data.variableAttribute.map((attribute) => [attribute.type ?? 'Actual', attribute]),
  );
  // Mutability and the like are told of each attribute; those of the actual value are the variable's.
  const main = attributes.get('Actual') ?? data.variableAttribute[0];
  return {
    ...nameFromOcpp2(data),
    actual: attributes.get('Actual')?.value,
    target: attributes.get('Target')?.value,
    minSet: attributes.get('MinSet')?.value,
    maxSet: attributes.get('MaxSet')?.value,
    mutability: main?.mutability ?? 'ReadWrite',
    persistent: main?.persistent ?? false,
    constant: main?.constant ?? false,
    characteristics: data.variableCharacteristics,
  };
}
