import { randomUUID } from 'node:crypto';
import type { Version } from '@busbar/ocpp';
import type { Json } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import type { Seeded } from '../support/seeded.ts';
import { type AnswerMode, createAnswers } from './answers.ts';
import { dial, type Line } from './line.ts';
import type { Fact, Script } from './script.ts';

/** A CALL that reached the station. */
export interface Asked {
  readonly messageId: string;
  readonly action: string;
  readonly payload: Json;
  readonly line: Line;
  readonly mode: AnswerMode;
}

/**
 * A station that says everything until it is answered, over whatever node lets it in, and leaves sockets behind that
 * nobody closed.
 */
export interface ModelStation {
  readonly id: string;
  readonly version: Version;
  readonly script: Script;
  readonly asked: readonly Asked[];
  /** Every socket that it ever had; the last one is its own, the others it takes for dead. */
  readonly lines: readonly Line[];
  readonly current: Line | undefined;
  /** What each message was about, by its id. */
  readonly said: ReadonlyMap<string, Fact>;
  /** Answers that must not be. */
  readonly faults: readonly string[];
  /** Adds to what it has to say. */
  say(times: number): void;
  /** Says again, as a new message, something that is answered already. */
  repeat(): void;
  /** Dials a node; the socket that it has stays open and is not used any more. */
  move(slot: number): void;
  /** Loses its link, and stays away until it is to connect. */
  drop(): void;
  /** Says all that it has to say, and has a connection that owes nothing. It may hang for so long. */
  finish(withinMs: number): Promise<void>;
  /** Connects anew, as it does now and then. */
  comeAnew(withinMs: number): Promise<void>;
  close(): Promise<void>;
}

export interface ModelStationOptions {
  readonly id: string;
  readonly password: string;
  readonly version: Version;
  readonly script: Script;
  readonly random: Seeded;
  /** Where the node of a slot listens now; undefined while it is down. */
  readonly nodeOf: (slot: number) => { readonly label: string; readonly ocppUrl: string } | undefined;
  readonly slots: number;
  readonly note: (text: string) => void;
}

const limits = {
  /** A real station waits longer; then it takes its connection for dead, and is more patient with the next. */
  impatienceMs: 1_500,
  mostImpatienceMs: 12_000,
  redialFirstMs: 20,
  redialRangeMs: 120,
} as const;

export function createModelStation(options: ModelStationOptions): ModelStation {
  const { id, version, script, random, nodeOf, note } = options;
  const queue: Fact[] = [];
  const lines: Line[] = [];
  const asked: Asked[] = [];
  const said = new Map<string, Fact>();
  const done: Fact[] = [];
  const faults: string[] = [];
  const answers = createAnswers({ script, version, random, say: (fact) => push([fact]) });
  let current: Line | undefined;
  let offline = true;
  let closed = false;
  let dialling = 0;
  let impatience: NodeJS.Timeout | undefined;
  let impatienceMs: number = limits.impatienceMs;

  const station: ModelStation = {
    id,
    version,
    script,
    asked,
    lines,
    said,
    faults,
    get current() {
      return current?.isOpen ? current : undefined;
    },
    say: (times) => push(Array.from({ length: times }, () => script.next())),
    repeat() {
      const line = current;
      const fact = done.findLast(({ keyed }) => keyed);
      if (line?.isOpen && fact) send(line, fact);
    },
    move(slot) {
      offline = false;
      void connect(slot);
    },
    drop() {
      offline = true;
      note(`${id} loses its link`);
      for (const line of lines) if (line === current || random.percent(50)) line.terminate();
    },
    async finish(withinMs) {
      offline = false;
      if (!current?.isOpen && dialling === 0) void connect(random.below(options.slots));
      await allSaid(withinMs);
      // What it never answers it is not asked any more when it comes anew.
      if (asked.some(({ line, mode }) => line === current && mode === 'never')) current?.close();
      push([script.status()]);
      await allSaid(withinMs);
    },
    async comeAnew(withinMs) {
      current?.close();
      await eventually(() => current?.isOpen === true, `${id} to connect anew`, withinMs);
    },
    async close() {
      // Some come once more, and are gone before they are let in.
      if (random.percent(40)) void connect(random.below(options.slots));
      closed = true;
      offline = true;
      clearTimeout(impatience);
      for (const line of lines) line.close();
      await eventually(() => dialling === 0, `${id} to stop dialling`, 3_000);
      for (const line of lines) line.close();
    },
  };
  return station;

  /** As long as something is answered now and then it is waited on. */
  async function allSaid(withinMs: number): Promise<void> {
    while (queue.length > 0 || !current?.isOpen) {
      const before = queue.length;
      const what = `${id} to say one of ${before} things`;
      await eventually(
        () => queue.length < before || (queue.length === 0 && current?.isOpen === true),
        what,
        withinMs,
      );
    }
  }

  function push(facts: readonly Fact[]): void {
    queue.push(...facts);
    pump();
  }

  /** One call at a time over its own socket; the same may also wait in one that it takes for dead. */
  function pump(): void {
    const [fact] = queue;
    if (!fact || !current?.isOpen || current.waiting.size > 0) return;
    const line = current;
    send(line, fact);
    clearTimeout(impatience);
    impatience = setTimeout(() => {
      if (offline || line !== current || line.waiting.size === 0) return;
      note(`${id} takes its socket to ${line.node} for dead`);
      impatienceMs = Math.min(impatienceMs * 2, limits.mostImpatienceMs);
      void connect(random.below(options.slots));
    }, impatienceMs);
    const ghost = lines.find((other) => other !== line && other.isOpen && other.waiting.size === 0);
    if (ghost && random.percent(40)) send(ghost, fact);
  }

  function send(line: Line, fact: Fact): void {
    const messageId = randomUUID();
    said.set(messageId, fact);
    line.call(messageId, fact.action, fact.payload());
  }

  async function connect(slot: number): Promise<void> {
    const node = nodeOf(slot);
    dialling++;
    const line = node && (await dial(node, options, { answered, refused, asked: onAsked, closed: onClosed }));
    dialling--;
    if (!line) return redial();
    note(`${id} connects to ${line.node}`);
    lines.push(line);
    if (closed) return line.close();
    if (offline) return line.terminate();
    current = line;
    pump();
  }

  function redial(): void {
    if (offline || dialling > 0) return;
    dialling++;
    setTimeout(() => {
      dialling--;
      if (!offline && !current?.isOpen) void connect(random.below(options.slots));
    }, limits.redialFirstMs + random.below(limits.redialRangeMs));
  }

  function onClosed(line: Line, code: number): void {
    note(`${id}: its socket to ${line.node} ends with ${code}`);
    if (line === current) redial();
  }

  function answered(_line: Line, messageId: string, answer: Json): void {
    const fact = said.get(messageId);
    if (!fact) {
      faults.push(`${id}: an answer to ${messageId}, which was not asked`);
      return;
    }
    if (fact.action === 'BootNotification' && answer.status !== 'Accepted') {
      faults.push(`${id}: its boot was answered ${answer.status}`);
    }
    fact.answered(answer);
    if (queue[0] === fact) {
      impatienceMs = limits.impatienceMs;
      queue.shift();
      done.push(fact);
    }
    pump();
  }

  function refused(line: Line, messageId: string, code: string, description: string): void {
    const fact = said.get(messageId);
    faults.push(`${id}: ${fact?.action} was answered ${code} by ${line.node}: ${description}`);
    pump();
  }

  function onAsked(line: Line, messageId: string, action: string, payload: Json): void {
    const { mode, afterMs, answer } = answers(action, payload);
    asked.push({ messageId, action, payload, line, mode });
    // One that it takes for dead gets an answer now and then: it may only be slow.
    if (mode === 'never' || (line !== current && random.percent(50))) return;
    setTimeout(() => {
      if (answer) line.answer(messageId, answer);
      else line.refuse(messageId, 'InternalError');
    }, afterMs);
  }
}
