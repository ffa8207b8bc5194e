import { bare } from './bare.ts';
import { busbar } from './busbar.ts';
import type { Contestant } from './contestant.ts';
import { type BenchVersion, messagesOf } from './messages.ts';
import { ocppRpc } from './ocpp-rpc.ts';

/** Measures one contestant with one version in this process; prints one line of JSON. */
const connections = 20;
const warmUpCalls = 10_000;
const measuredCalls = 40_000;

const contestants: Readonly<Record<string, Contestant>> = { busbar, 'ocpp-rpc': ocppRpc, bare };

const [name = '', version = ''] = process.argv.slice(2);
const contestant = contestants[name];
if (contestant === undefined || !isVersion(version))
  throw new Error('usage: measure.ts <contestant> <1.6|2.0.1>');
await measure(contestant, version);

async function measure(contestant: Contestant, version: BenchVersion): Promise<void> {
  const messages = messagesOf[version];
  const open = await contestant.open(version, connections);

  async function run(calls: number): Promise<void> {
    let left = calls;
    async function station(connection: number): Promise<void> {
      for (let sent = 0; left > 0; sent++) {
        left--;
        const message = messages[sent % messages.length];
        if (message !== undefined) await open.call(connection, message.action, message.request);
      }
    }
    await Promise.all(Array.from({ length: connections }, (_, connection) => station(connection)));
  }

  await run(warmUpCalls);
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  await run(measuredCalls);
  const seconds = (performance.now() - startedAt) / 1000;
  const { user, system } = process.cpuUsage(cpuBefore);
  await open.close();
  const figures = {
    callsPerSecond: measuredCalls / seconds,
    cpuMicroseconds: (user + system) / measuredCalls,
    // The kernel's work on the sockets is the same for everybody; what a library adds is here.
    userMicroseconds: user / measuredCalls,
  };
  console.log(JSON.stringify(figures));
  process.exit(0);
}

function isVersion(text: string): text is BenchVersion {
  return text in messagesOf;
}
