import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { makeDatabase, type TestDatabase } from '../testing/database.ts';
import { createBatchRunner } from './batch.ts';
import {
  type Committer,
  createCommitter,
  DatabaseAway,
  type Entry,
  EntryRefused,
  FencedOut,
} from './committer.ts';
import { defineClaim, defineWrite, type Outcome } from './write.ts';

const addRow = defineWrite<{ id: string; value: number }>({
  name: 'test_row',
  columns: { id: 'text', value: 'integer' },
  key: (row) => row.id,
  sql: (rows) => `insert into test_row (id, value) select id, value from ${rows}
    on conflict (id) do update set value = excluded.value`,
});
const appendRow = defineWrite<{ id: string }>({
  name: 'test_log',
  columns: { id: 'text' },
  sql: (rows) => `insert into test_log (id) select id from ${rows}`,
});
const claimSeat = defineClaim<{ seat: string; by: string }>({
  name: 'test_seat',
  columns: { seat: 'text', by: 'text' },
  key: (row) => row.seat,
  sql: (rows) => `with claims as (select * from ${rows}),
    won as (insert into test_seat (seat, by) select seat, by from claims order by seat, idx on conflict do nothing returning *)
    select claims.idx from claims join won using (seat, by)`,
});

let database: TestDatabase;
const open: Committer[] = [];

before(async () => {
  database = await makeDatabase();
  await database.sql.query(`create table test_row (id text primary key, value integer check (value >= 0));
    create table test_log (id text not null);
    create table test_seat (seat text primary key, by text not null)`);
});
after(async () => {
  await Promise.all(open.map((committer) => committer.close()));
  await database.drop();
});

function start(options: Partial<Parameters<typeof createCommitter>[0]> = {}): Committer {
  const committer = createCommitter({
    runner: createBatchRunner({
      connect: () => database.connectPipelined('under-test'),
      probeTimeoutMs: 500,
    }),
    now: () => new Date(),
    ...options,
  });
  open.push(committer);
  return committer;
}

function entry<Answer>(
  source: string,
  outcome: Partial<Outcome<Answer>> & { answer: Answer },
): Entry<Answer> {
  return { source, settle: () => ({ writes: [], events: [], ...outcome }) };
}

async function count(table: string, where = 'true'): Promise<number> {
  const { rows } = await database.sql.query(`select count(*)::integer as n from ${table} where ${where}`);
  return rows[0].n;
}

describe('the committer', () => {
  it('commits what waits of all sources in one transaction', async () => {
    const sizes: number[] = [];
    const committer = start({
      metrics: { batch: (entries) => sizes.push(entries), refused() {}, retried() {} },
    });
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, n) =>
        committer.commit(entry(`CS${n}`, { answer: n, writes: [addRow({ id: `many-${n}`, value: n })] })),
      ),
    );
    assert.deepEqual(
      answers.map(({ answer }) => answer),
      Array.from({ length: 100 }, (_, n) => n),
    );
    assert.equal(await count('test_row', `id like 'many-%'`), 100);
    assert.deepEqual(sizes, [100]);
  });

  it('keeps the last word when one batch writes a row twice', async () => {
    const committer = start();
    await Promise.all(
      [1, 2, 3].map((value) =>
        committer.commit(entry('CS', { answer: 0, writes: [addRow({ id: 'twice', value })] })),
      ),
    );
    assert.equal(await count('test_row', `id = 'twice' and value = 3`), 1);
  });

  it('lets only the entry fail whose data the database refuses, and commits its source alone for a while', async () => {
    const sizes: number[] = [];
    const committer = start({
      metrics: { batch: (entries) => sizes.push(entries), refused() {}, retried() {} },
    });
    const all = Array.from({ length: 9 }, (_, n) =>
      committer.commit(
        entry(`P${n}`, { answer: n, writes: [addRow({ id: `poison-${n}`, value: n === 4 ? -1 : n })] }),
      ),
    );
    const outcomes = await Promise.allSettled(all);
    assert.deepEqual(
      outcomes.map(({ status }) => status),
      [...'ffffrffff'].map((c) => (c === 'f' ? 'fulfilled' : 'rejected')),
    );
    assert.ok(outcomes[4]?.status === 'rejected' && outcomes[4].reason instanceof EntryRefused);
    assert.equal(await count('test_row', `id like 'poison-%'`), 8);
    sizes.length = 0;
    await Promise.all(
      ['A', 'P4', 'B'].map((source) =>
        committer.commit(entry(source, { answer: 0, writes: [appendRow({ id: 'x' })] })),
      ),
    );
    assert.deepEqual(sizes.toSorted(), [1, 1, 1]);
  });

  it('refuses an entry whose settling throws and spares its neighbours', async () => {
    const committer = start();
    const bad = committer.commit({
      source: 'bad',
      settle: () => {
        throw new Error('broken');
      },
    });
    const good = committer.commit(
      entry('good', { answer: 'kept', writes: [appendRow({ id: 'beside-broken' })] }),
    );
    await assert.rejects(bad, EntryRefused);
    assert.equal((await good).answer, 'kept');
    assert.equal(await count('test_log', `id = 'beside-broken'`), 1);
  });

  it('gives a repeated message its first answer and no effect', async () => {
    const committer = start();
    const message = (answer: string) => ({
      source: 'CS1',
      key: { stationId: 'CS1', kind: 'TransactionEvent', key: 't/1', digest: 'd1' },
      settle: () => ({ answer, writes: [appendRow({ id: 'once' })], events: [] }),
      record: () => [appendRow({ id: 'recorded' })],
    });
    const first = await committer.commit(message('first'));
    const second = await committer.commit(message('second'));
    assert.deepEqual(
      [first.answer, first.repeated, second.answer, second.repeated],
      ['first', false, 'first', true],
    );
    assert.equal(await count('test_log', `id = 'once'`), 1);
    assert.equal(await count('test_log', `id = 'recorded'`), 2);
  });

  it('takes another content under a used key for a new fact, and says so', async () => {
    const committer = start();
    const reused: boolean[] = [];
    const message = (digest: string): Entry<string> => ({
      source: 'CS2',
      key: { stationId: 'CS2', kind: 'TransactionEvent', key: 't/0', digest },
      settle: ({ keyReused }) => {
        reused.push(keyReused);
        return { answer: digest, writes: [], events: [] };
      },
    });
    assert.equal((await committer.commit(message('a'))).answer, 'a');
    assert.equal((await committer.commit(message('b'))).answer, 'b');
    assert.equal((await committer.commit(message('b'))).repeated, true);
    assert.deepEqual(reused, [false, true]);
  });

  it('gives a claim to one of those who try at the same instant', async () => {
    const committer = start();
    const tries = ['a', 'b', 'c'].map((by) =>
      committer.commit<boolean | undefined>({
        source: by,
        claims: [claimSeat({ seat: 's1', by })],
        settle: ({ held }) => ({ answer: held[0], writes: [], events: [] }),
      }),
    );
    const held = (await Promise.all(tries)).map(({ answer }) => answer);
    assert.deepEqual(held, [true, false, false]);
  });

  it('leaves out what came over a connection that lost its station', async () => {
    const committer = start();
    await database.sql.query(`insert into station_owner (station_id, epoch) values ('F1', 7)`);
    const over = (epoch: number) =>
      committer.commit({
        source: 'F1',
        fence: { stationId: 'F1', epoch },
        settle: () => ({ answer: epoch, writes: [appendRow({ id: `epoch-${epoch}` })], events: [] }),
      });
    const [old, current] = await Promise.allSettled([over(6), over(7)]);
    assert.ok(old?.status === 'rejected' && old.reason instanceof FencedOut);
    assert.equal(current?.status, 'fulfilled');
    assert.equal(await count('test_log', `id like 'epoch-%'`), 1);
  });

  it('makes a connection wait that takes a station over while a batch of the old one is committed', async () => {
    await database.sql.query(`insert into station_owner (station_id, epoch) values ('F2', 1)`);
    const client = await database.sql.connect();
    try {
      await client.query('begin');
      // The locks of whoever takes a station over, as in core/station/ownership.ts.
      await client.query(`select from station_owner where station_id = 'F2' for update`);
      await client.query(`update station_owner set epoch = 2 where station_id = 'F2'`);
      const late = start().commit({
        source: 'F2',
        fence: { stationId: 'F2', epoch: 1 },
        settle: () => ({ answer: 1, writes: [appendRow({ id: 'fenced-late' })], events: [] }),
      });
      const fenced = assert.rejects(late, FencedOut);
      await new Promise((resolve) => setTimeout(resolve, 50));
      await client.query('commit');
      await fenced;
    } finally {
      client.release();
    }
    assert.equal(await count('test_log', `id = 'fenced-late'`), 0);
  });

  it('commits once when connections are cut all the time, and answers everything', async () => {
    const committer = start({ limits: { awayAfterMs: 60_000 } });
    let cutting = true;
    const cutter = (async () => {
      while (cutting) {
        await database.sql.query(
          `select pg_terminate_backend(pid) from pg_stat_activity
           where datname = current_database() and application_name = 'busbar under-test'`,
        );
        await new Promise((resolve) => setTimeout(resolve, 15));
      }
    })();
    const stations = Array.from({ length: 20 }, async (_, station) => {
      for (let n = 0; n < 30; n++) {
        await committer.commit(
          entry(`cut-${station}`, { answer: n, writes: [appendRow({ id: `cut-${station}-${n}` })] }),
        );
      }
    });
    await Promise.all(stations);
    cutting = false;
    await cutter;
    const { rows } = await database.sql.query(
      `select id, count(*)::integer as n from test_log where id like 'cut-%' group by id`,
    );
    assert.equal(rows.length, 600);
    assert.deepEqual(
      rows.filter(({ n }) => n !== 1),
      [],
    );
  });

  it('survives deadlocks and serialization failures by repeating the batch', async () => {
    const retried: number[] = [];
    const committer = start({ metrics: { batch() {}, refused() {}, retried: () => retried.push(1) } });
    await database.sql.query(`insert into test_row values ('lock-a', 0), ('lock-b', 0)`);
    const client = await database.sql.connect();
    try {
      await client.query('begin');
      await client.query(`update test_row set value = 9 where id = 'lock-b'`);
      const both = committer.commit(
        entry('D', {
          answer: 1,
          writes: [addRow({ id: 'lock-a', value: 1 }), addRow({ id: 'lock-b', value: 1 })],
        }),
      );
      await new Promise((resolve) => setTimeout(resolve, 100));
      await client.query(`update test_row set value = 9 where id = 'lock-a'`);
      await client.query('commit');
      assert.equal((await both).answer, 1);
    } finally {
      client.release();
    }
    assert.ok(retried.length > 0);
    assert.equal(await count('test_row', `id in ('lock-a', 'lock-b') and value = 1`), 2);
  });

  it('counts the database as away when it does not answer in time, acknowledges nothing, and comes back', async () => {
    const states: boolean[] = [];
    const back = Promise.withResolvers<void>();
    const committer = start({
      limits: { awayAfterMs: 300 },
      onAway(away) {
        states.push(away);
        if (!away) back.resolve();
      },
    });
    const blocker = await database.sql.connect();
    await blocker.query('begin');
    await blocker.query('lock table test_log in access exclusive mode');
    try {
      await assert.rejects(
        committer.commit(entry('A', { answer: 1, writes: [appendRow({ id: 'away' })] })),
        DatabaseAway,
      );
      assert.equal(states[0], true);
    } finally {
      await blocker.query('rollback');
      blocker.release();
    }
    await back.promise;
    assert.equal(
      (await committer.commit(entry('A', { answer: 2, writes: [appendRow({ id: 'back' })] }))).answer,
      2,
    );
    assert.deepEqual(states, [true, false]);
  });

  it('does not let those who come later wait for a batch that is held up', async () => {
    const committer = start();
    const blocker = await database.sql.connect();
    await blocker.query('begin');
    await blocker.query(`insert into test_row (id, value) values ('held-up', 1)`);
    try {
      const held = committer.commit(entry('H', { answer: 1, writes: [addRow({ id: 'held-up', value: 2 })] }));
      await new Promise((resolve) => setTimeout(resolve, 5));
      const later = committer.commit(entry('L', { answer: 2, writes: [appendRow({ id: 'not-held-up' })] }));
      assert.equal((await later).answer, 2);
      await blocker.query('commit');
      assert.equal((await held).answer, 1);
    } finally {
      blocker.release();
    }
  });

  it('finishes what it has accepted before it closes, and takes nothing after', async () => {
    const committer = createCommitter({
      runner: createBatchRunner({
        connect: () => database.connectPipelined('test-close'),
        probeTimeoutMs: 500,
      }),
      now: () => new Date(),
    });
    const kept = committer.commit(entry('C', { answer: 'kept', writes: [appendRow({ id: 'closing' })] }));
    await committer.close();
    assert.equal((await kept).answer, 'kept');
    await assert.rejects(committer.commit(entry('C', { answer: 'late' })), DatabaseAway);
    assert.equal(await count('test_log', `id = 'closing'`), 1);
  });
});
