import { defineWrite } from '../../store/write.ts';

/** The intent of a command, committed before its CALL leaves, so that whatever it causes finds it. */
export const writeIntent = defineWrite<{
  id: string;
  station_id: string;
  command: string;
  input: object;
  correlation_id: number | undefined;
  action: string;
  message_id: string;
  given_by: string;
  idempotency_key: string | undefined;
  input_digest: string;
  epoch: number;
  at: string;
}>({
  name: 'operation_intent',
  columns: {
    id: 'uuid',
    station_id: 'text',
    command: 'text',
    input: 'jsonb',
    correlation_id: 'integer',
    action: 'text',
    message_id: 'text',
    given_by: 'text',
    idempotency_key: 'text',
    input_digest: 'text',
    epoch: 'bigint',
    at: 'timestamptz',
  },
  key: (row) => row.id,
  sql: (
    rows,
  ) => `insert into operation (id, station_id, command, state, input, correlation_id, action, message_id,
      given_by, idempotency_key, input_digest, epoch, created_at, sent_at)
    select id, station_id, command, 'Sent', input, correlation_id, action, message_id,
      given_by, idempotency_key, input_digest, epoch, at, at from ${rows}`,
});

/**
 * What came of an operation. Only one that is open (Sent or Unknown) is settled: the first answer counts, and a fact
 * that settled it stands. The answer to an operation that a fact has settled already is added to it.
 */
export const writeSettlement = defineWrite<{
  id: string;
  state: string;
  result: object | undefined;
  problem: object | undefined;
  at: string;
}>({
  name: 'operation_settlement',
  columns: { id: 'uuid', state: 'text', result: 'jsonb', problem: 'jsonb', at: 'timestamptz' },
  key: (row) => row.id,
  sql: (rows) => `update operation set
      state = case when operation.state in ('Sent', 'Unknown') then rows.state else operation.state end,
      result = coalesce(operation.result, rows.result),
      problem = case when operation.state in ('Sent', 'Unknown') then rows.problem else operation.problem end,
      settled_at = case when operation.state not in ('Sent', 'Unknown') then operation.settled_at
        when rows.state <> 'Unknown' then rows.at end
    from ${rows} where operation.id = rows.id`,
});
