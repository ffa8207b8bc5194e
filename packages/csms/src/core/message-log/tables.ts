import { defineWrite } from '../../store/write.ts';

/**
 * One exchange on the wire, for the inspector: the CALL or SEND with what it was answered. Secrets are out before it
 * comes here. `request`, `answer` and `error` are JSON values.
 */
export const writeExchange = defineWrite<{
  received_at: string;
  station_id: string;
  sent_by: 'CS' | 'CSMS';
  kind: 'CALL' | 'SEND' | 'unreadable';
  message_id: string | undefined;
  action: string | undefined;
  request: unknown;
  answer: unknown;
  error: unknown;
  duration_ms: number | undefined;
}>({
  name: 'message_log',
  columns: {
    received_at: 'timestamptz',
    station_id: 'text',
    sent_by: 'text',
    kind: 'text',
    message_id: 'text',
    action: 'text',
    // Declared as text, a nested value is taken over as its JSON text and not parsed a second time.
    request: 'text',
    answer: 'text',
    error: 'text',
    duration_ms: 'integer',
  },
  sql: (rows) => `insert into message_log
    (received_at, station_id, sent_by, kind, message_id, action, request, answer, error, duration_ms)
    select received_at, station_id, sent_by, kind, message_id, action, request, answer, error, duration_ms from ${rows}`,
});
