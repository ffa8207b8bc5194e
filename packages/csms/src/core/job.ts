import { randomUUID } from 'node:crypto';
import { defineWrite, type Write } from '../store/write.ts';

const insertJob = defineWrite<{
  id: string;
  station_id: string;
  kind: string;
  subject: string;
  input: object;
  at: string;
}>({
  name: 'job',
  columns: {
    id: 'uuid',
    station_id: 'text',
    kind: 'text',
    subject: 'text',
    input: 'jsonb',
    at: 'timestamptz',
  },
  key: (row) => JSON.stringify([row.station_id, row.kind, row.subject]),
  sql: (rows) => `insert into job (id, station_id, kind, subject, input, run_after, created_at)
    select id, station_id, kind, subject, input, at, at from ${rows}
    on conflict (station_id, kind, subject) where state in ('Open', 'Leased') do nothing`,
});

/**
 * Work that has to be done once for a station, in the same commit as its cause; done after the answer has left, by
 * the node that holds the station. While one of a kind and subject is open a further one is the same work.
 */
export function writeJob(job: {
  readonly stationId: string;
  readonly kind: string;
  readonly subject?: string;
  readonly input: object;
  readonly now: Date;
}): Write {
  return insertJob({
    id: randomUUID(),
    station_id: job.stationId,
    kind: job.kind,
    subject: job.subject ?? '',
    input: job.input,
    at: job.now.toISOString(),
  });
}

export const jobWriteKind = 'job';
