import { type Version, versions } from '@busbar/ocpp';
import { createSeeded, type Seeded } from '../support/seeded.ts';
import type { LinkName } from './cluster.ts';

export const commandNames = [
  'data-transfer',
  'set-variables',
  'get-variables',
  'trigger-message',
  'unlock-connector',
  'change-availability',
  'reset',
  'remote-start',
] as const;
export type CommandName = (typeof commandNames)[number];

/** A command that somebody gives, once or, with a key, again and again. */
export interface PlannedCommand {
  readonly number: number;
  readonly station: number;
  readonly name: CommandName;
  /** Given with an Idempotency-Key. */
  readonly keyed: boolean;
  readonly waitSeconds: number;
}

/** What is done to the cluster, or in it. */
export type Action =
  | { readonly do: 'say'; readonly station: number; readonly times: number }
  | { readonly do: 'repeat' | 'drop'; readonly station: number }
  | { readonly do: 'move'; readonly station: number; readonly slot: number }
  | { readonly do: 'command'; readonly command: PlannedCommand; readonly slot: number }
  | { readonly do: 'hop'; readonly follower: number; readonly slot: number }
  | { readonly do: 'pause' | 'resume' | 'kill' | 'start' | 'terminate'; readonly slot: number }
  | { readonly do: 'cut' | 'silence'; readonly link: LinkName; readonly slot: number }
  | {
      readonly do: 'heal';
      readonly link: LinkName;
      readonly slot: number;
      readonly stuck: 'goes-on' | 'is-reset';
    }
  | { readonly do: 'restart-nats' };

export type Step = Action & { readonly afterMs: number };

export interface Plan {
  readonly seed: number;
  readonly stations: readonly Version[];
  readonly steps: readonly Step[];
}

const sizes = { stations: 4, leastSteps: 10, moreSteps: 8 } as const;

/** The same seed gives the same plan. What comes of it is up to the timing of real processes. */
export function makePlan(seed: number, slots: number): Plan {
  const random = createSeeded(seed);
  const first = random.below(versions.length);
  const stations = Array.from(
    { length: sizes.stations },
    (_, index) => versions[(first + index) % versions.length] ?? '1.6',
  );
  const steps: Step[] = [];
  for (let station = 0; station < stations.length; station++) {
    steps.push({ do: 'say', station, times: 1 + random.below(3), afterMs: 0 });
    steps.push({ do: 'move', station, slot: random.below(slots), afterMs: 0 });
  }
  const troubles = createTroubles(random, slots);
  const commands: PlannedCommand[] = [];
  const calm = createCalm(random, { slots, stations: stations.length, commands });
  const count = sizes.leastSteps + random.below(sizes.moreSteps);
  for (let index = 0; index < count; index++) {
    for (const ended of troubles.over()) steps.push({ ...ended, afterMs: pauseMs(random) });
    const action = (random.percent(28) && troubles.next()) || calm();
    steps.push({ ...action, afterMs: pauseMs(random) });
  }
  // Only some plans, since it takes so long: a node without its database for as long as makes it let everybody go.
  if (random.percent(9)) {
    const slot = random.below(slots);
    steps.push({ do: random.pick(['cut', 'silence']), link: 'postgres', slot, afterMs: 0 });
    for (let station = 0; station < stations.length; station++) {
      steps.push({ do: 'say', station, times: 1, afterMs: 0 });
    }
    steps.push({ ...calm(), afterMs: databaseAwayMs + random.below(1_500) });
  }
  return { seed, stations, steps };
}

/** A little more than what a node waits before it takes its database for away. */
const databaseAwayMs = 5_300;

export function describe(step: Step): string {
  const { do: what, afterMs, ...rest } = step;
  return `+${afterMs} ms ${what} ${JSON.stringify(rest)}`;
}

/** Mostly at once, as trouble comes; now and then long enough for a node to be taken for dead. */
function pauseMs(random: Seeded): number {
  const [least, range] = random.weigh<readonly [number, number]>([
    [60, [0, 30]],
    [28, [30, 150]],
    [9, [200, 400]],
    [3, [1_600, 800]],
  ]);
  return least + random.below(range);
}

interface CalmOptions {
  readonly slots: number;
  readonly stations: number;
  readonly commands: PlannedCommand[];
}

/** What happens on any day. */
function createCalm(random: Seeded, { slots, stations, commands }: CalmOptions): () => Action {
  const station = () => random.below(stations);
  const slot = () => random.below(slots);
  return () =>
    random.weigh<() => Action>([
      [26, () => ({ do: 'say', station: station(), times: 1 + random.below(4) })],
      // Much to say is half said when trouble comes.
      [8, () => ({ do: 'say', station: station(), times: 20 + random.below(30) })],
      [6, () => ({ do: 'repeat', station: station() })],
      [7, () => ({ do: 'drop', station: station() })],
      [20, () => ({ do: 'move', station: station(), slot: slot() })],
      [27, () => ({ do: 'command', command: command(), slot: slot() })],
      [3, () => ({ do: 'hop', follower: slot(), slot: slot() })],
    ])();

  /** A new one, or one with a key again. */
  function command(): PlannedCommand {
    const keyed = commands.filter((earlier) => earlier.keyed);
    if (keyed.length > 0 && random.percent(35)) return random.pick(keyed);
    const planned: PlannedCommand = {
      number: commands.length,
      station: station(),
      name: random.weigh([
        [5, 'data-transfer'],
        ...commandNames.slice(1).map((name): readonly [number, CommandName] => [1, name]),
      ]),
      keyed: random.percent(60),
      waitSeconds: random.below(3),
    };
    commands.push(planned);
    return planned;
  }
}

interface Trouble {
  readonly slot: number;
  readonly end: Action | undefined;
  stepsLeft: number;
}

/** Each trouble ends some steps later, or with the run. One slot is left alone, mostly. */
function createTroubles(random: Seeded, slots: number) {
  const present: Trouble[] = [];

  return { next, over };

  function next(): Action | undefined {
    const slot = random.below(slots);
    const troubled = new Set(present.map((trouble) => trouble.slot));
    if (!troubled.has(slot) && troubled.size + 1 >= slots && random.percent(85)) return undefined;
    if (present.some((trouble) => trouble.slot === slot)) return undefined;
    const link: LinkName = random.percent(60) ? 'postgres' : 'nats';
    const stuck = random.percent(50) ? 'goes-on' : 'is-reset';
    const heal: Action = { do: 'heal', link, slot, stuck };
    const [action, end] = random.weigh<readonly [Action, Action | undefined]>([
      [
        30,
        [
          { do: 'pause', slot },
          { do: 'resume', slot },
        ],
      ],
      [
        12,
        [
          { do: 'kill', slot },
          { do: 'start', slot },
        ],
      ],
      [6, [{ do: 'terminate', slot }, undefined]],
      [18, [{ do: 'cut', link, slot }, heal]],
      [26, [{ do: 'silence', link, slot }, heal]],
      [5, [{ do: 'restart-nats' }, undefined]],
    ]);
    present.push({ slot, end, stepsLeft: 1 + random.below(5) });
    return action;
  }

  function over(): Action[] {
    for (const trouble of present) trouble.stepsLeft -= 1;
    const gone = present.filter(({ stepsLeft }) => stepsLeft < 0);
    for (const trouble of gone) present.splice(present.indexOf(trouble), 1);
    return gone.flatMap(({ end }) => end ?? []);
  }
}
