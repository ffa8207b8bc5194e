import type { Pool } from 'pg';
import type { Log } from '../../log.ts';
import type { Committer } from '../../store/committer.ts';
import { refuseContracted } from '../../store/migrate.ts';
import { createDeadNodes, type NodeSight } from './dead-nodes.ts';
import { reap } from './reap.ts';
import { claimBeat } from './tables.ts';

/** This process among the others that serve the same database. */
export interface Membership {
  /** Other nodes on the list, when it was last looked at. */
  readonly others: number;
  /** From now on the others, and people, are told that it is about to end. */
  drain(): void;
  /** Takes the node off the list; its stations are gone by then. */
  close(): Promise<void>;
}

export interface MembershipOptions {
  readonly pool: Pool;
  readonly committer: Committer;
  readonly self: {
    readonly id: string;
    readonly name: string;
    readonly programVersion: string;
    readonly schemaNumber: number;
  };
  /** No other process can be at this database: whoever is on the list is dead. */
  readonly alone: boolean;
  /** The others took this node for dead: what it holds may have been taken away from it. */
  readonly onRevived: () => Promise<void>;
  readonly now: () => Date;
  readonly log: Log;
  readonly timings: {
    /** Time between two signs of life. */
    readonly nodeBeatMs: number;
    /** Time without one after which a node is dead. Longer than the database may be away before stations are let go. */
    readonly nodeDeadAfterMs: number;
  };
}

/** Every so many beats is looked for stations that are held by nodes which nobody knows. */
const beatsPerSweep = 30;

/** Puts this node on the list of nodes, gives signs of life, and cleans up after those that give none any more. */
export async function joinNodes(options: MembershipOptions): Promise<Membership> {
  const { pool, committer, self, log, timings } = options;
  const { nodeBeatMs, nodeDeadAfterMs } = timings;
  const findDead = createDeadNodes({ deadAfterMs: nodeDeadAfterMs, longestPauseMs: nodeDeadAfterMs / 2 });
  let draining = false;
  let beats = 0;
  let closed = false;
  let othersSeen = 0;

  await enter();
  if (options.alone) await bury((await sights()).map(({ id }) => id));
  else await reap(options);

  let beating: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    beating = beating.then(beat, beat);
  }, nodeBeatMs);
  timer.unref();

  return {
    get others() {
      return othersSeen;
    },
    drain() {
      draining = true;
      beating = beating.then(beat, beat);
    },
    async close() {
      closed = true;
      clearInterval(timer);
      await beating;
      await pool.query('delete from node where id = $1', [self.id]);
    },
  };

  /** A migration that takes something away looks at the list: whoever came on it too late finds that out here. */
  async function enter(): Promise<void> {
    await pool.query(
      `insert into node (id, name, program_version, schema_number, started_at, seen_at)
       values ($1, $2, $3, $4, $5, clock_timestamp()) on conflict (id) do nothing`,
      [self.id, self.name, self.programVersion, self.schemaNumber, options.now().toISOString()],
    );
    await refuseContracted(pool, self.schemaNumber);
  }

  /** Through the committer: a node that can commit nothing is not alive, and hears so from the committer itself. */
  async function beat(): Promise<void> {
    if (closed || committer.away) return;
    try {
      const { answer: known } = await committer.commit({
        source: 'node',
        claims: [claimBeat({ id: self.id, draining })],
        settle: ({ held }) => ({ answer: held[0] === true, writes: [], events: [] }),
      });
      if (!known) await revive();
      await bury(findDead(await sights(), performance.now()));
      beats += 1;
      if (beats % beatsPerSweep === 0) await reap(options);
    } catch (error) {
      if (!closed && !committer.away) log.warn({ err: error }, 'a sign of life could not be given');
    }
  }

  async function revive(): Promise<void> {
    log.warn('this node was taken for dead by the others; its stations are asked to connect anew');
    await enter();
    await options.onRevived();
  }

  async function sights(): Promise<NodeSight[]> {
    const { rows } = await pool.query('select id, seen_at from node where id <> $1', [self.id]);
    othersSeen = rows.length;
    return rows.map((row) => ({ id: row.id, seenAt: row.seen_at }));
  }

  async function bury(dead: readonly string[]): Promise<void> {
    if (dead.length === 0) return;
    const released = await reap(options, dead);
    await pool.query('delete from node where id = any($1::text[])', [dead]);
    log.warn({ nodes: dead, stations: released }, 'nodes are dead; their stations are free');
  }
}
