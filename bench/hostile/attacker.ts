import { constants, setPriority } from 'node:os';
import { type AttackName, attacks, type Effort, type Target } from './attacks.ts';

/**
 * The hostile side, in a process of its own with the lowest priority: it takes the processor only where nobody else
 * wants it, so that what the others lose is lost in the server and not to the load that shares the machine with it.
 */
setPriority(constants.priority.PRIORITY_LOW);

type Order =
  | { readonly do: 'attack'; readonly kind: AttackName; readonly targets: readonly Target[] }
  | { readonly do: 'cease' };

export interface Attacked extends Effort {
  readonly seconds: number;
  readonly cpuSeconds: number;
}

let underWay: { readonly cease: () => Promise<Attacked> } | undefined;

process.on('message', async (order: Order) => {
  switch (order.do) {
    case 'attack':
      underWay = attack(order.kind, order.targets);
      return process.send?.({ begun: true });
    case 'cease':
      return process.send?.({ attacked: await underWay?.cease() });
    default:
      return order satisfies never;
  }
});

function attack(kind: AttackName, targets: readonly Target[]) {
  const ending = new AbortController();
  const effort: Effort = { done: 0, stopped: 0 };
  const from = performance.now();
  const cpu = process.cpuUsage();
  const all = targets.map((target) => attacks[kind](target, effort, ending.signal));
  return {
    async cease(): Promise<Attacked> {
      ending.abort();
      const used = process.cpuUsage(cpu);
      const seconds = (performance.now() - from) / 1_000;
      await Promise.all(all);
      return { ...effort, seconds, cpuSeconds: (used.user + used.system) / 1e6 };
    },
  };
}
