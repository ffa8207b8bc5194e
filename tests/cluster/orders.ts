import type { Api, Json } from '../support/api.ts';
import type { CommandName, PlannedCommand } from './plan.ts';

/** What somebody was told who gave a command. */
export interface Attempt {
  readonly node: string;
  /** Undefined where no answer came: the node was killed, or took too long. */
  readonly status: number | undefined;
  readonly body: Json;
}

/** A command and all attempts to give it. */
export interface Order {
  readonly command: PlannedCommand;
  readonly stationId: string;
  readonly key: string | undefined;
  /** By which its CALL is known at the station, where it says so. */
  readonly mark: string;
  readonly attempts: Attempt[];
}

export interface Orders {
  readonly all: readonly Order[];
  give(command: PlannedCommand, station: { readonly id: string; readonly ownToken: string }, at: Node): void;
  /** Every attempt has come to an end. */
  settled(): Promise<unknown>;
}

interface Node {
  readonly label: string;
  readonly api: Api;
}

/** Longer than a command may wait and a node may hang; then nobody waits for it any more. */
const patienceMs = 12_000;

export function createOrders(run: string): Orders {
  const orders = new Map<number, Order>();
  const waiting: Promise<unknown>[] = [];

  return {
    get all() {
      return [...orders.values()];
    },
    give(command, station, node) {
      const { number } = command;
      const order: Order = orders.get(number) ?? {
        command,
        stationId: station.id,
        key: command.keyed ? `${run}-${number}` : undefined,
        mark: `${run}-${number}`,
        attempts: [],
      };
      orders.set(number, order);
      waiting.push(attempt(order, inputOf(command.name, order.mark, station.ownToken), node));
    },
    settled: () => Promise.all(waiting),
  };
}

async function attempt(order: Order, input: object, { label, api }: Node): Promise<void> {
  const { command, stationId, key, attempts } = order;
  const path = `/stations/${stationId}/commands/${command.name}?waitSeconds=${command.waitSeconds}`;
  try {
    const response = await fetch(`${api.url}/api/v1${path}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${api.token}`,
        'content-type': 'application/json',
        ...(key !== undefined && { 'idempotency-key': key }),
      },
      body: JSON.stringify(input),
      signal: AbortSignal.timeout(patienceMs),
    });
    attempts.push({ node: label, status: response.status, body: await response.json() });
  } catch {
    attempts.push({ node: label, status: undefined, body: undefined });
  }
}

const variable = { component: 'OCPPCommCtrlr', variable: 'HeartbeatInterval' } as const;

function inputOf(name: CommandName, mark: string, idToken: string): object {
  switch (name) {
    case 'data-transfer':
      return { vendorId: 'org.example', messageId: 'mark', data: mark };
    case 'set-variables':
      return { variables: [{ ...variable, value: mark.replaceAll(/\D/g, '').slice(-6) }] };
    case 'get-variables':
      return { variables: [variable] };
    case 'trigger-message':
      return { message: 'StatusNotification', evseId: 1 };
    case 'unlock-connector':
      return { evseId: 1 };
    case 'change-availability':
      return { evseId: 1, operationalStatus: 'Operative' };
    case 'reset':
      return { type: 'OnIdle' };
    case 'remote-start':
      return { idToken, evseId: 1 };
    default:
      return name satisfies never;
  }
}
