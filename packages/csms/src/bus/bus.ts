/**
 * The port by which nodes talk: who holds a station answers on the station's subject, and readers are woken. Nothing
 * that is sent here is a fact; what matters is in the database.
 */
export interface Bus {
  /** Answers requests on a subject until the returned function is called. At most one per subject and node. */
  serve(subject: string, answer: (message: object) => Promise<object>): () => void;
  /** @throws NoHearer when nobody serves the subject, BusTimeout, or the error that the answerer threw. */
  request(subject: string, message: object, timeoutMs: number): Promise<object>;
  /** Tells everybody who listens; nobody may. */
  publish(subject: string, message: object): void;
  subscribe(subject: string, hear: (message: object) => void): () => void;
  close(): Promise<void>;
}

/** Nobody serves the subject. */
export class NoHearer extends Error {}
export class BusTimeout extends Error {}

/** A subject for a station: any identity is safe in it. */
export function stationSubject(stationId: string): string {
  return `station.${Buffer.from(stationId).toString('base64url')}`;
}
