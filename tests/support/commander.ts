import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import type { Api, Json } from './api.ts';

/** Gives commands to stations all the time, and remembers what it was told came of them. */
export interface Commander {
  /** What the caller was told, by operation. */
  readonly told: ReadonlyMap<string, string>;
  stop(): Promise<void>;
}

const commands: readonly [name: string, input: object][] = [
  ['reset', { type: 'OnIdle' }],
  ['trigger-message', { message: 'Heartbeat' }],
  ['unlock-connector', { evseId: 1 }],
  ['change-availability', { evseId: 1, operationalStatus: 'Operative' }],
];

/** Commands that are refused, or lost with the server, are no fault: what was answered has to stand. */
export function startCommander(api: Api, stationIds: readonly string[]): Commander {
  const told = new Map<string, string>();
  let stopped = false;
  const workers = Array.from({ length: 4 }, async (_, worker) => {
    for (let turn = worker; !stopped; turn++) {
      const stationId = stationIds[(turn * 7) % stationIds.length];
      const [name, input] = commands[turn % commands.length] ?? ['reset', { type: 'OnIdle' }];
      try {
        const { status, body } = await api.request(
          'POST',
          `/stations/${stationId}/commands/${name}?waitSeconds=10`,
          input,
        );
        if (status === 200) told.set((body as Json).id, (body as Json).state);
      } catch {
        await delay(100);
      }
      await delay(10);
    }
  });
  return {
    told,
    async stop() {
      stopped = true;
      await Promise.all(workers);
    },
  };
}

/** Operations that contradict what was told, and those of which nobody will ever hear. */
export async function brokenOperations(
  sql: pg.Pool | pg.Client,
  { told }: Commander,
): Promise<readonly string[]> {
  const { rows } = await sql.query('select id, state, command, station_id from operation');
  const states = new Map(rows.map(({ id, state }) => [id, state]));
  return [
    ...rows
      .filter(({ state }) => state === 'Sent' || state === 'Pending')
      .map(({ id, station_id, command }) => `${command} for ${station_id} (${id}) is still open`),
    ...[...told]
      .filter(([id, state]) => states.get(id) !== state)
      .map(([id, state]) => `${id} was told ${state} and is ${states.get(id)}`),
  ];
}
