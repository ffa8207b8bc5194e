/**
 * The port by which nodes talk: who holds a station answers on the station's subject, and readers are woken. Nothing
 * that is sent here is a fact; what matters is in the database. A message is what JSON can carry.
 */
export interface Bus {
  /** Answers requests on a subject until the returned function is called. At most one per subject and node. */
  serve(subject: string, answer: (message: object) => Promise<object>): () => void;
  /**
   * Resolves with the first answer. One who serves and throws `Declined` leaves the request to another who does.
   *
   * @throws NoHearer when nobody serves the subject, Declined when all who do decline, BusAway when nobody here serves
   * it and the others cannot be reached, BusTimeout, BusFull, MessageTooLarge, or the error that the answerer threw.
   */
  request(subject: string, message: object, timeoutMs: number): Promise<object>;
  /**
   * Tells everybody who listens; nobody may. Those on other nodes miss it while these cannot be reached.
   *
   * @throws MessageTooLarge
   */
  publish(subject: string, message: object): void;
  /**
   * Hears what is published. Whenever the other nodes can be reached again, each hearer is called once with `{}`, so
   * that it looks for what it missed. A bus of a single node misses nothing, and never does that.
   */
  subscribe(subject: string, hear: (message: object) => void): () => void;
  close(): Promise<void>;
}

/** Nobody serves the subject. */
export class NoHearer extends Error {}
export class BusTimeout extends Error {}
/** The other nodes cannot be reached. */
export class BusAway extends Error {}
/** More is under way than the bus may hold, here or at the answerer. Nothing was done. */
export class BusFull extends Error {}
/** Nothing was sent. */
export class MessageTooLarge extends Error {}

/**
 * Thrown by one who serves a subject and finds that it is not his any more, having done nothing. `reply` is what the
 * asker gets when nobody else answers.
 */
export class Declined extends Error {
  readonly reply: object;
  constructor(message: string, reply: object) {
    super(message);
    this.reply = reply;
  }
}

/** A subject for a station: any identity is safe in it. */
export function stationSubject(stationId: string): string {
  // No text is `-` in base64url, so the empty identity gets a subject of its own.
  return `station.${Buffer.from(stationId).toString('base64url') || '-'}`;
}

/** A subject for what is told to one node; its id is that of its row in the table `node`. */
export function nodeSubject(nodeId: string): string {
  return `node.${nodeId}`;
}
