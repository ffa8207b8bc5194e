import type { TestContext } from 'node:test';
import {
  CallFailed,
  createOcppClient,
  type IncomingMessage,
  type OcppClient,
  type Peer,
  type Version,
} from '@busbar/ocpp';
import type { Csms } from './csms.ts';

/** A station made of nothing but its messages. */
export interface WireStation {
  readonly id: string;
  readonly version: Version;
  readonly password: string;
  readonly client: OcppClient;
  readonly peer: Peer;
  /** What the CSMS asked, in order. */
  readonly asked: IncomingMessage[];
  /** How its connections ended. */
  readonly closes: number[];
  /** How it answers what the CSMS asks; without one it says NotSupported. */
  readonly answers: Map<string, (payload: object) => object | Promise<object>>;
  // biome-ignore lint/suspicious/noExplicitAny: answers are looked at by the tests
  call(action: string, payload: object): Promise<any>;
  /** The code of the CALLERROR that the call is answered with. */
  refused(action: string, payload: object): Promise<string | undefined>;
  // biome-ignore lint/suspicious/noExplicitAny: answers are looked at by the tests
  boot(): Promise<any>;
  close(): Promise<void>;
}

export interface WireStationOptions {
  readonly id?: string;
  readonly version: Version;
  /** Left out: it is registered with a password that the server makes. */
  readonly password?: string;
  readonly mode?: 'lenient' | 'strict';
  readonly admission?: 'Accepted' | 'Pending' | 'Rejected';
  readonly register?: boolean;
}

let made = 0;

/** Registers a station by REST and connects it; it reconnects quickly and ends with the test. */
export async function connectStation(
  test: TestContext,
  csms: Pick<Csms, 'api'> & { readonly server: Pick<Csms['server'], 'ocppUrl'> },
  options: WireStationOptions,
): Promise<WireStation> {
  const id = options.id ?? `CS-${options.version}-${++made}`;
  const password = options.password ?? (await registerStation(csms, id, options));
  const asked: IncomingMessage[] = [];
  const closes: number[] = [];
  const answers: WireStation['answers'] = new Map();
  const client = createOcppClient({
    url: csms.server.ocppUrl,
    identity: id,
    // A 1.6 station has its key as bytes (A00, 1.6 security whitepaper), and is shown it as hex digits.
    password: options.version === '1.6' ? Buffer.from(password, 'hex') : password,
    versions: [options.version],
    backoff: { waitMinimumSeconds: 0.05, randomRangeSeconds: 0.05, repeatTimes: 0 },
    async onCall(call) {
      asked.push(call);
      const answer = answers.get(call.action);
      if (!answer) throw new Error(`${call.action} is not answered by this station`);
      return answer(call.payload);
    },
    onClose: (code) => closes.push(code),
  });
  test.after(() => client.close());
  await client.connect();
  const station: WireStation = {
    id,
    version: options.version,
    password,
    client,
    get peer() {
      const { peer } = client;
      if (!peer) throw new Error(`${id} is not connected`);
      return peer;
    },
    asked,
    closes,
    answers,
    call: (action, payload) => station.peer.call(action, payload),
    async refused(action, payload) {
      try {
        await station.peer.call(action, payload);
        return undefined;
      } catch (error) {
        if (error instanceof CallFailed) return error.code ?? error.reason;
        throw error;
      }
    },
    boot: () => station.call('BootNotification', bootOf(options.version)),
    close: () => client.close(),
  };
  return station;
}

/** @returns the password that the server made for it. */
export async function registerStation(
  { api }: Pick<Csms, 'api'>,
  id: string,
  { mode, admission }: Pick<WireStationOptions, 'mode' | 'admission'> = {},
): Promise<string> {
  const { password } = await api.post('/stations', {
    id,
    ...(mode && { mode }),
    ...(admission && { admission }),
  });
  return password;
}

/** A BootNotification in the words of the version. */
export function bootOf(version: Version, firmwareVersion = '1.0.0'): object {
  return version === '1.6'
    ? { chargePointVendor: 'Vendor', chargePointModel: 'Model', firmwareVersion }
    : { reason: 'PowerUp', chargingStation: { vendorName: 'Vendor', model: 'Model', firmwareVersion } };
}
