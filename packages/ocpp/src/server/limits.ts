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
  /** From our close frame to the end of patience. */
  readonly closeTimeoutMs: number;
  /** For what a connection that is retired had said before; then it is closed with that unanswered. */
  readonly retireTimeoutMs: number;
  /** For the answer to the CALL of ours that is in flight when a connection is retired. */
  readonly retireAnswerMs: number;
}

export const defaultServerLimits: ServerLimits = {
  // As PeerLimits.frameCharacters: several times the largest message seen in the field.
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
  closeTimeoutMs: 5_000,
  // A decision takes milliseconds; this long it takes only where something hangs that a wait does not mend.
  retireTimeoutMs: 5_000,
  // Nearly all stations answer within a second; one that does not leaves the call's end unknown, as a lost
  // connection would.
  retireAnswerMs: 2_000,
};
