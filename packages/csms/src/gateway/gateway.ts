import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import {
  type Connection,
  createOcppServer,
  type Fault,
  type FaultKind,
  type LateAnswer,
  type OcppServerOptions,
  type Refusal,
  type Version,
} from '@busbar/ocpp';
import type { Pool } from 'pg';
import { type Bus, stationSubject } from '../bus/bus.ts';
import type { CommandRunner } from '../command-runner.ts';
import type { CommandOrder } from '../commands.ts';
import { writeFinding } from '../core/finding.ts';
import { lostOperation } from '../core/operation/lost.ts';
import type { Taken } from '../core/station/ownership.ts';
import { writeConnected, writeDisconnected } from '../core/station/ownership.ts';
import { writeLastSeen } from '../core/station/tables.ts';
import type { StationTwin } from '../core/twin.ts';
import type { Dispatch } from '../dispatch.ts';
import type { JobRunner } from '../job-runner.ts';
import type { Log } from '../log.ts';
import type { Committer, Entry } from '../store/committer.ts';
import { DatabaseAway, FencedOut } from '../store/committer.ts';
import { isRetryable } from '../store/connection.ts';
import { type AdmissionOptions, type Admitted, createAdmission } from './admission.ts';
import { createComplaints } from './complaints.ts';
import { HeldStation } from './held-station.ts';
import { watchPossession } from './possession.ts';

/** What every held station shares. */
export interface Holding {
  readonly dispatch: Dispatch;
  fault(held: HeldStation, fault: Fault): void;
  lateAnswer(held: HeldStation, answer: LateAnswer): void;
  closed(held: HeldStation, code: number, reason: string): void;
  wakeJobs(held: HeldStation): void;
}

export interface GatewayMetrics {
  connected(version: Version): void;
  disconnected(version: Version): void;
  refused(status: number): void;
  fault(kind: FaultKind): void;
}

export interface GatewayOptions extends Omit<AdmissionOptions, 'isAlive'> {
  readonly pool: Pool;
  readonly committer: Committer;
  readonly dispatch: Dispatch;
  readonly commandRunner: CommandRunner;
  readonly jobRunner: JobRunner;
  readonly bus: Bus;
  /** This process, as the table of owners has it. */
  readonly node: string;
  readonly take: (stationId: string) => Promise<Taken | undefined>;
  /** How often is looked whether what is held is still this node's own. */
  readonly ownershipCheckMs: number;
  readonly log: Log;
  readonly metrics?: GatewayMetrics;
  readonly server?: Pick<
    OcppServerOptions<Admitted>,
    'limits' | 'peerLimits' | 'pingIntervalMs' | 'compression'
  >;
}

export interface Gateway {
  /** For each listener's `upgrade` event. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Stations that this node holds. */
  readonly held: ReadonlyMap<string, HeldStation>;
  /** Looks now whether what is held is still this node's own, and as the operator wants it. */
  refresh(): Promise<void>;
  /** Lets nobody in any more, and sends everybody away one after the other, each when what it had said is answered. */
  drain(seconds: number): Promise<void>;
  /** The database went away: nobody can be acknowledged, so everybody is let go and keeps what it has to say. */
  letGo(): void;
  /** The database is there again: what could not be recorded of connections that ended is recorded now. */
  comeBack(): void;
  /** Closes every connection with 1001 and resolves when what they had said is committed. */
  close(): Promise<void>;
}

const limits = {
  /** How exact "last seen" is in the database. */
  lastSeenFlushMs: 60_000,
  /** An answer to a ping that decides whether an unproven newcomer may take a place. */
  pingMs: 5_000,
  /** While it drains, a few stations are not spread over the whole time: as many as these a second are no rush. */
  farewellsPerSecond: 20,
  /** Told to those who come while it drains: by then the balancer sends them elsewhere. */
  comeAgainSeconds: 1,
} as const;

const lostConnection = {
  code: 'Closed',
  detail: 'The connection ended before the station answered',
} as const;

export function createGateway(options: GatewayOptions): Gateway {
  const { bus, committer, dispatch, commandRunner, jobRunner, log, metrics, now } = options;
  const held = new Map<string, HeldStation>();
  const unserve = new Map<HeldStation, () => void>();
  const farewells = new Set<Promise<unknown>>();
  /** Connections of which it is not recorded yet that they began. */
  const arrivals = new Map<HeldStation, Promise<void>>();
  /** Connections that ended while the database was away. */
  const unrecorded = new Set<HeldStation>();
  const flush = setInterval(flushLastSeen, limits.lastSeenFlushMs).unref();
  const complaints = createComplaints(log, () => now().getTime());
  const possession = watchPossession({
    ...options,
    held,
    isAway: () => committer.away,
    checkMs: options.ownershipCheckMs,
  });
  let flushedAt = 0;

  const holding: Holding = { dispatch, fault, lateAnswer, closed, wakeJobs };
  const admission = createAdmission({ ...options, isAlive });
  const server = createOcppServer<Admitted>({
    ...options.server,
    authenticate: admission,
    connected,
    onRefused,
    ...(options.onLimit && { onLimit: options.onLimit }),
  });

  return {
    handleUpgrade: (request, socket, head) => server.handleUpgrade(request, socket, head),
    held,
    letGo() {
      for (const station of held.values()) station.connection.close(1013, 'try again later');
    },
    comeBack() {
      const missed = [...unrecorded];
      unrecorded.clear();
      for (const gone of missed) recordEnd(gone, 1013, 'the database was away');
    },
    refresh: () => possession.refresh(held.values()),
    drain,
    async close() {
      clearInterval(flush);
      possession.close();
      await server.close(1001, 'the server is shutting down');
      await Promise.allSettled(farewells);
    },
  };

  /** Nothing is read from the connection until the station is taken and its twin loaded. */
  async function connected(connection: Connection<Admitted>): Promise<HeldStation> {
    const taken = await take(connection);
    if (!taken) throw new Error(`${connection.state.stationId} was removed while it connected`);
    const station: StationTwin = { ...taken.twin, version: connection.version };
    const arrived = new HeldStation(holding, connection, station);
    const before = held.get(station.id);
    held.set(station.id, arrived);
    if (before) {
      unserve.get(before)?.();
      before.connection.close(1008, 'replaced by a new connection');
    }
    unserve.set(
      arrived,
      bus.serve(stationSubject(station.id), (message) => onBus(arrived, message)),
    );
    metrics?.connected(connection.version);
    if (taken.formerNode !== undefined) {
      possession.tell(taken.formerNode, { stationId: station.id, epoch: station.epoch });
    }
    const at = now().toISOString();
    const lost = taken.lost.map((operation) => lostOperation(operation, lostConnection, at));
    const recorded = keep(arrived, {
      writes: [
        writeConnected({
          station_id: station.id,
          remote_address: connection.remoteAddress,
          version: connection.version,
          at,
        }),
        ...lost.flatMap(({ writes }) => writes),
      ],
      events: [
        { type: 'station.connected', stationId: station.id, at, data: { version: connection.version } },
        ...lost.flatMap(({ events }) => events),
      ],
    });
    arrivals.set(arrived, recorded);
    void recorded.finally(() => arrivals.delete(arrived));
    jobRunner.wake(arrived);
    return arrived;
  }

  /** Where the database is away the station is sent off to come again, as it would be a moment later. */
  async function take(connection: Connection<Admitted>): Promise<Taken | undefined> {
    try {
      const taken = await options.take(connection.state.stationId);
      if (!committer.away) return taken;
    } catch (error) {
      if (!isRetryable(error)) throw error;
    }
    connection.close(1013, 'try again later');
    throw new DatabaseAway('the database does not answer');
  }

  function closed(gone: HeldStation, code: number, reason: string): void {
    unserve.get(gone)?.();
    unserve.delete(gone);
    metrics?.disconnected(gone.station.version);
    jobRunner.forget(gone);
    if (held.get(gone.station.id) !== gone) return;
    held.delete(gone.station.id);
    recordEnd(gone, code, reason);
  }

  function recordEnd(gone: HeldStation, code: number, reason: string): void {
    const at = now().toISOString();
    const change = {
      writes: [
        writeDisconnected({ station_id: gone.station.id, at }),
        writeLastSeen({ id: gone.station.id, at: new Date(gone.connection.lastSeenAt).toISOString() }),
      ],
      events: [{ type: 'station.disconnected', stationId: gone.station.id, at, data: { code, reason } }],
    } as const;
    void keep(gone, change, () => unrecorded.add(gone));
  }

  /**
   * What the connection itself tells is no fact that anybody waits for; a later connection makes it void. Its end is
   * told after its beginning: of two batches that are on their way the second may be committed first.
   */
  function keep(
    held: HeldStation,
    change: Pick<ReturnType<Entry['settle']>, 'writes' | 'events'>,
    whileAway: () => void = () => {},
  ): Promise<void> {
    const { station } = held;
    const commit = () =>
      committer.commit({
        source: station.id,
        fence: { stationId: station.id, epoch: station.epoch },
        settle: () => ({ answer: undefined, ...change }),
      });
    const arrival = arrivals.get(held);
    const kept = (arrival ? arrival.then(commit) : commit()).then(
      () => {},
      (error) => {
        if (error instanceof DatabaseAway) whileAway();
        if (error instanceof FencedOut || error instanceof DatabaseAway) return;
        log.warn({ station: station.id, err: error }, 'the state of a connection could not be recorded');
      },
    );
    farewells.add(kept);
    void kept.finally(() => farewells.delete(kept));
    return kept;
  }

  async function onBus(station: HeldStation, message: object): Promise<object> {
    if ('changed' in message) {
      await possession.refresh([station]);
      return {};
    }
    return commandRunner.run(station, message as CommandOrder & { inputDigest: string });
  }

  async function drain(seconds: number): Promise<void> {
    server.refuseNew(limits.comeAgainSeconds);
    const leaving = [...held.values()];
    const pauseMs = Math.min(
      (seconds * 1_000) / Math.max(leaving.length, 1),
      1_000 / limits.farewellsPerSecond,
    );
    const beganMs = performance.now();
    const farewell: Promise<void>[] = [];
    for (const [index, { connection }] of leaving.entries()) {
      const waitMs = beganMs + index * pauseMs - performance.now();
      if (waitMs > 1) await delay(waitMs);
      farewell.push(connection.retire(1001, 'the server is shutting down'));
    }
    await Promise.all(farewell);
  }

  async function isAlive(stationId: string): Promise<boolean> {
    const present = held.get(stationId);
    return present?.connection.isOpen === true && (await present.connection.ping(limits.pingMs));
  }

  function wakeJobs(station: HeldStation): void {
    jobRunner.wake(station);
  }

  function lateAnswer(station: HeldStation, answer: LateAnswer): void {
    commandRunner
      .lateAnswer(station, answer)
      .catch((error) =>
        log.warn({ station: station.station.id, err: error }, 'a late answer could not be recorded'),
      );
  }

  function fault(held: HeldStation, fault: Fault): void {
    metrics?.fault(fault.kind);
    complaints.fault(held.station.id, fault);
    if (fault.kind !== 'OnlyRubbish') return;
    const finding = { kind: 'only-rubbish', subject: '', detail: fault.detail ?? '' } as const;
    void keep(held, { writes: [writeFinding(held.station.id, finding, now())], events: [] });
  }

  function onRefused(refusal: Refusal): void {
    metrics?.refused(refusal.status);
    complaints.refused(refusal);
  }

  function flushLastSeen(): void {
    const since = flushedAt;
    flushedAt = now().getTime();
    const seen = [...held.values()].filter(({ connection }) => connection.lastSeenAt >= since);
    if (seen.length === 0 || committer.away) return;
    committer
      .commit({
        source: 'liveness',
        settle: () => ({
          answer: undefined,
          writes: seen.map(({ station, connection }) =>
            writeLastSeen({ id: station.id, at: new Date(connection.lastSeenAt).toISOString() }),
          ),
          events: [],
        }),
      })
      .catch((error) => log.debug({ err: error }, 'last-seen times could not be written'));
  }
}
