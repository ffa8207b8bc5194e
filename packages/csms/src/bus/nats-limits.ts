/** What the bus on NATS holds and waits for. Tests that cannot wait give shorter times. */
export interface NatsLimits {
  readonly largestMessageBytes: number;
  readonly mostRequests: number;
  readonly mostAnswers: number;
  readonly mostUnconfirmedBytes: number;
  readonly dialTimeoutMs: number;
  readonly firstWaitMs: number;
  readonly pingEveryMs: number;
  readonly mostPingsMissed: number;
  readonly shortestPauseMs: number;
  readonly longestPauseMs: number;
  readonly workingAfterMs: number;
  readonly declinedGraceMs: number;
  readonly closeMs: number;
}

export const natsLimits: NatsLimits = {
  /** Half of what NATS takes by default; the largest command, a chain of certificates, has a tenth of it. */
  largestMessageBytes: 512 * 1024,
  /** Of this node to others, unanswered: one to each station of a large node. At 2 kB each some 20 MB. */
  mostRequests: 10_000,
  /** Of others to this node, unanswered. */
  mostAnswers: 10_000,
  /** Sent and not known to have reached NATS: what may pile up here when it stops reading. */
  mostUnconfirmedBytes: 8 * 1024 * 1024,
  /** A server that is well answers in milliseconds, across an ocean in a second. */
  dialTimeoutMs: 5_000,
  /** Of the start of a node for its first connection; it goes on without one. */
  firstWaitMs: 5_000,
  /** Three unanswered make a connection dead: in 6 to 8 s, sooner than a node is held to be dead. */
  pingEveryMs: 2_000,
  mostPingsMissed: 3,
  shortestPauseMs: 250,
  longestPauseMs: 5_000,
  /** An answerer that takes longer says that it is at work, so that nobody gives up for another's refusal. */
  workingAfterMs: 100,
  /** For another to answer or to say that it is at work, once one has declined. */
  declinedGraceMs: 500,
  /** For the last answers to leave at the end. */
  closeMs: 2_000,
};
