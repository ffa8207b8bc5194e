import { defineWrite, type Write } from '../store/write.ts';

/** Deviations from the standard and open questions about a station that the CSMS itself notices. */
export type FindingKind =
  | 'sequence-number-reused'
  | 'sequence-gap'
  | 'events-lost'
  | 'transaction-start-missing'
  | 'transaction-end-missing'
  | 'transaction-id-reused'
  | 'transaction-unknown'
  | 'duplicate-start'
  | 'event-after-end'
  | 'evse-missing'
  | 'energy-not-trusted'
  | 'clock-wrong'
  | 'connector-unusual'
  | 'message-quarantined'
  | 'message-refused'
  | 'only-rubbish'
  | `tolerated-${string}`;

export interface FindingDraft {
  readonly kind: FindingKind;
  /** What it is about: a field, a transaction, a connector. One finding is kept for each kind and subject. */
  readonly subject: string;
  readonly detail: string;
}

/**
 * Findings of one station; those that are there are counted on, new ones are left out. Subjects come from outside: a
 * station that errs in ever new ways must not fill the database.
 */
const mostOfStation = 1_000;

const upsertFinding = defineWrite<{
  station_id: string;
  kind: string;
  subject: string;
  detail: string;
  at: string;
}>({
  name: 'finding',
  columns: { station_id: 'text', kind: 'text', subject: 'text', detail: 'text', at: 'timestamptz' },
  key: (row) => JSON.stringify([row.station_id, row.kind, row.subject]),
  sql: (rows) => `insert into finding (station_id, kind, subject, detail, first_seen_at, last_seen_at, count)
    select station_id, kind, subject, detail, at, at, 1 from ${rows}
    where exists (
      select from finding known
      where known.station_id = rows.station_id and known.kind = rows.kind and known.subject = rows.subject
    ) or (
      select count(*) from (
        select from finding known where known.station_id = rows.station_id limit ${mostOfStation}
      ) as all_known
    ) < ${mostOfStation}
    on conflict (station_id, kind, subject)
    do update set last_seen_at = excluded.last_seen_at, detail = excluded.detail, count = finding.count + 1`,
});

/** Text of a finding is for people: it is cut rather than refused. */
const subjectLength = 200;
const detailLength = 1_000;

export function writeFinding(stationId: string, finding: FindingDraft, at: Date): Write {
  return upsertFinding({
    station_id: stationId,
    kind: finding.kind,
    subject: finding.subject.slice(0, subjectLength),
    detail: finding.detail.slice(0, detailLength),
    at: at.toISOString(),
  });
}
