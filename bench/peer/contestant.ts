import type { BenchVersion } from './messages.ts';

/** One way to carry calls over real sockets, with both ends in this process. */
export interface Contestant {
  open(version: BenchVersion, connections: number): Promise<OpenContestant>;
}

export interface OpenContestant {
  /** One call on that connection, from its request to its checked answer. */
  call(connection: number, action: string, request: object): Promise<unknown>;
  close(): Promise<void>;
}
