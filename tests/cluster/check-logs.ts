import type { ClusterNode } from '../support/cluster-node.ts';
import type { Problems } from './problems.ts';

/** What a node says when its links are broken or it was paused. */
const expected: readonly RegExp[] = [
  /^the database does not answer$/,
  /^database connection lost$/,
  /^the relay lost its connection and starts again$/,
  /^no way to the other nodes: NATS at /,
  /^nodes are dead; their stations are free$/,
  /^this node was taken for dead by the others; its stations are asked to connect anew$/,
];

/** Why something may not have come about where a link is broken; of itself it is then no fault. */
const broken: readonly RegExp[] = [
  /ECONNRESET|ECONNREFUSED|EPIPE/,
  /Connection terminated/,
  /timeout exceeded when trying to connect/,
  /Query read timeout/,
  /terminating connection due to idle-in-transaction timeout/,
  /the database does not answer/,
  // Of a row that a paused node has locked.
  /canceling statement due to lock timeout/,
  /^overloaded: The server is shutting down/,
  /^node-unreachable: |^database-unavailable: |^operation-timeout: /,
];

/** No process said anything that a person would have to look at. */
export function checkLogs(processes: readonly ClusterNode[], problems: Problems): void {
  for (const node of processes) {
    for (const line of node.log) {
      const said = read(line);
      if (!said) problems.say(`${node.label} said: ${line}`);
      else if (isComplaint(said)) problems.say(`${node.label} complained: ${line}`);
    }
  }
}

/** The lines that tell of what happened, without those of each request. */
export function tellingLines(node: ClusterNode): readonly string[] {
  return node.log.filter((line) => read(line)?.msg !== 'request').map((line) => `${node.label} ${line}`);
}

/** Errors that others put right where a link was broken: the station's next connection, the node that finds one dead. */
const madeUpFor: readonly RegExp[] = [
  /^an operation could not be settled$/,
  /^a part of the server did not end well$/,
];

interface Said {
  readonly level: string;
  readonly msg?: string;
  readonly err?: { readonly message?: string };
}

function isComplaint({ level, msg = '', err }: Said): boolean {
  if (level !== 'warn' && level !== 'error' && level !== 'fatal') return false;
  const matches = (patterns: readonly RegExp[], text: string) =>
    patterns.some((pattern) => pattern.test(text));
  const reason = err?.message ?? '';
  if (matches(expected, msg) || (level === 'warn' && matches(broken, reason))) return false;
  return !(matches(madeUpFor, msg) && matches(broken, reason));
}

function read(line: string): Said | undefined {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
