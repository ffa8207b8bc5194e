/** The bounds of a server end; the bounds of each peer are `PeerLimits`. */
export interface ServerLimits {
  /** Octets of one message, after inflation; more closes with 1009. */
  readonly frameBytes: number;
  /** Characters of a 2.x identity. */
  readonly identityCharacters: number;
  /** Upgrades whose admission is being decided at once; more are answered 503. */
  readonly pendingUpgrades: number;
  /** For the decision of `authenticate`; then 503. */
  readonly authenticateTimeoutMs: number;
  /** For the promise of `connected`; then the connection is closed with 1013. */
  readonly connectedTimeoutMs: number;
  /** Octets that wait to be read by the other side; a slower reader is cut off. */
  readonly bufferedBytes: number;
  /** The same of all connections together; above it the slowest readers are cut off. */
  readonly bufferedBytesOfAll: number;
  /** Open at once, those included that are being decided; more are answered 503. */
  readonly connections: number;
  /**
   * What one connection may say for ever; above it the socket is not read for a while, and nothing is lost. Pings and
   * pongs count as frames. 0: no limit.
   */
  readonly framesPerSecond: number;
  /** What it may say at once after a silence. */
  readonly framesAtOnce: number;
  /** Octets of messages, after inflation. 0: no limit. */
  readonly bytesPerSecond: number;
  readonly bytesAtOnce: number;
  /** Frames that had to be refused or ignored with none between them that was good; then it is closed with 1008. */
  readonly rubbishInARow: number;
  /** Parts of one message. */
  readonly fragments: number;
  /** Reads of the socket that one message may take. */
  readonly chunks: number;
  /** From our close frame to the end of patience. */
  readonly closeTimeoutMs: number;
  /** For what a connection that is retired had said before; then it is closed with that unanswered. */
  readonly retireTimeoutMs: number;
  /** For the answer to the CALL of ours that is in flight when a connection is retired. */
  readonly retireAnswerMs: number;
}

export const defaultServerLimits: ServerLimits = {
  // As PeerLimits.frameCharacters. Not less: a StopTransaction with the samples of a long transaction can be nearly
  // that long, and refused it is lost. What large frames cost is bounded by `bytesPerSecond`.
  frameBytes: 1_048_576,
  // identifierString[48] in 2.x; 1.6 states none, and the stations of 1.6 stay far below it.
  identityCharacters: 48,
  // What a second of logins can be worked off; the others come again with their back-off.
  pendingUpgrades: 2_000,
  // Stations give up on a handshake after 10 to 30 s.
  authenticateTimeoutMs: 10_000,
  connectedTimeoutMs: 30_000,
  // A few of the largest messages; a station on a mobile link empties this in about a minute.
  bufferedBytes: 4_194_304,
  // What a process of a few gigabytes can spare for all that do not read.
  bufferedBytesOfAll: 268_435_456,
  // Twice the stations that one node is meant for, so that it can stand in for another; with TLS about 2 GB.
  connections: 20_000,
  // A hundredth of what a node works off. A station says one thing in seconds, a site of many outlets a few in one.
  framesPerSecond: 100,
  // A morning's offline queue goes through unhindered.
  framesAtOnce: 1_000,
  // Ten times a site of a hundred outlets that samples every ten seconds.
  bytesPerSecond: 65_536,
  // A device model of ten thousand variables reports itself unhindered.
  bytesAtOnce: 4_194_304,
  // Whoever says what we do not know still sends a heartbeat or an answer in between.
  rubbishInARow: 200,
  // The largest message in parts of 256 octets.
  fragments: 4_096,
  // The largest message in packets of 64 octets.
  chunks: 16_384,
  closeTimeoutMs: 5_000,
  // A decision takes milliseconds; this long it takes only where something hangs that a wait does not mend.
  retireTimeoutMs: 5_000,
  // Nearly all stations answer within a second; one that does not leaves the call's end unknown, as a lost
  // connection would.
  retireAnswerMs: 2_000,
};
