/**
 * The port by which nodes talk: who holds a station answers on the station's subject, and readers are woken. Nothing
 * that is sent here is a fact; what matters is in the database.
 */
export interface Bus {
  /** Answers requests on a subject until the returned function is called. At most one per subject and node. */
  serve(subject: string, answer: (message: object) => Promise<object>): () => void;
  /**
   * Resolves with the first answer. One who serves and throws `Declined` leaves the request to another who does.
   *
   * @throws NoHearer when nobody serves the subject, Declined when all who do decline, BusAway when nobody here serves
   * it and the others cannot be reached, BusTimeout, or the error that the answerer threw.
   */
  request(subject: string, message: object, timeoutMs: number): Promise<object>;
  /** Tells everybody who listens; nobody may. */
  publish(subject: string, message: object): void;
  subscribe(subject: string, hear: (message: object) => void): () => void;
  close(): Promise<void>;
}

/** Nobody serves the subject. */
export class NoHearer extends Error {}
export class BusTimeout extends Error {}
/** The other nodes cannot be reached. */
export class BusAway extends Error {}

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
  return `station.${Buffer.from(stationId).toString('base64url')}`;
}
