import { defineWrite } from '../store/write.ts';

/** A message that carries facts and could not be understood: kept raw, to be looked at by a person. */
export const writeQuarantine = defineWrite<{
  station_id: string;
  received_at: string;
  action: string;
  message_id: string;
  payload: unknown;
  reason: string;
}>({
  name: 'quarantine',
  columns: {
    station_id: 'text',
    received_at: 'timestamptz',
    action: 'text',
    message_id: 'text',
    payload: 'json',
    reason: 'text',
  },
  sql: (rows) => `insert into quarantine (station_id, received_at, action, message_id, payload, reason)
    select station_id, received_at, action, message_id, payload, reason from ${rows}`,
});
