import type { Msg, NatsConnection } from '@nats-io/transport-node';
import type { NatsLimits } from './nats-limits.ts';

/** What came in on a subject. */
export interface Heard {
  readonly subject: string;
  readonly data: Uint8Array;
  readonly reply: string;
  /** NATS itself answers that nobody listens on the subject of a request. */
  readonly isNoHearer: boolean;
}

export interface SessionOptions {
  readonly connection: NatsConnection;
  readonly limits: NatsLimits;
  /** NATS complains, without ending the connection: a permission, mostly. */
  readonly onComplaint: (error: Error) => void;
}

/** One connection, from its opening to its end. */
export interface Session {
  readonly largestMessageBytes: number;
  /** False when it was not sent, as NATS does not keep up or has gone. */
  send(subject: string, data: Uint8Array, reply?: string): boolean;
  /** What is on its way when it is ended is still heard. */
  listen(subject: string, hear: (heard: Heard) => void): () => void;
  /** Resolves with true when NATS has read what was sent so far, with false when the connection has ended before. */
  settled(): Promise<boolean>;
  /** Whether it has lasted for a while: one that is cut off at once, again and again, is no better than none. */
  readonly isProven: boolean;
  /** Resolves with the reason when the connection has ended. */
  readonly ended: Promise<unknown>;
  end(): Promise<void>;
}

export function openSession({ connection, limits, onComplaint }: SessionOptions): Session {
  let sentBytes = 0;
  let confirmedBytes = 0;
  let isConfirming = false;
  let pingsMissed = 0;
  let isProven = false;
  let silence: Error | undefined;
  const ended = connection.closed().then((error) => {
    clearInterval(pings);
    return silence ?? error ?? undefined;
  });

  /** NATS answers a ping once it has read what was sent before it. */
  function settled(): Promise<boolean> {
    // At the end of a connection the library leaves the pings unanswered.
    return Promise.race([
      connection.flush().then(
        () => true,
        () => false,
      ),
      ended.then(() => false),
    ]);
  }

  async function confirm(): Promise<void> {
    isConfirming = true;
    const upTo = sentBytes;
    if (!(await settled())) return;
    isConfirming = false;
    confirmedBytes = upTo;
    pingsMissed = 0;
  }

  // Counted in pings, not by a clock: a node that was itself held up for long finds the answer waiting.
  const pings = setInterval(() => {
    if (!isConfirming) {
      void confirm().then(() => {
        isProven = true;
      });
    } else if (++pingsMissed >= limits.mostPingsMissed) {
      silence = new Error(`said nothing in ${limits.mostPingsMissed * limits.pingEveryMs} ms`);
      void connection.close();
    }
  }, limits.pingEveryMs);
  void hearComplaints(connection, onComplaint);

  return {
    largestMessageBytes: Math.min(
      limits.largestMessageBytes,
      connection.info?.max_payload ?? limits.largestMessageBytes,
    ),
    send(subject, data, reply) {
      // The library writes to a socket that is full without a bound.
      const unconfirmed = sentBytes - confirmedBytes + data.length;
      if (connection.isClosed() || unconfirmed > limits.mostUnconfirmedBytes) return false;
      connection.publish(subject, data, reply === undefined ? undefined : { reply });
      sentBytes += data.length;
      if (!isConfirming && unconfirmed > limits.mostUnconfirmedBytes / 4) void confirm();
      return true;
    },
    listen(subject, hear) {
      if (connection.isClosed()) return () => {};
      const subscription = connection.subscribe(subject, {
        // A throw from here would end the library's reading, silently.
        callback: (error, message) => {
          const heard = error ? undefined : read(message);
          if (heard) hear(heard);
        },
      });
      return () => void subscription.drain().catch(() => {});
    },
    settled,
    get isProven() {
      return isProven;
    },
    ended,
    end: () => connection.close(),
  };
}

function read(message: Msg): Heard | undefined {
  try {
    const { subject, data, reply = '', headers } = message;
    return { subject, data, reply, isNoHearer: data.length === 0 && headers?.code === 503 };
  } catch {
    return undefined;
  }
}

async function hearComplaints(
  connection: NatsConnection,
  onComplaint: (error: Error) => void,
): Promise<void> {
  let left = mostComplaints;
  for await (const status of connection.status()) {
    if (status.type === 'error' && left-- > 0) onComplaint(status.error);
  }
}

/** Of one connection: a permission that is missing is missed at every message. */
const mostComplaints = 10;
