/** The bounds of one peer. Each one has a reason; all of them may be set by the embedder. */
export interface PeerLimits {
  /** Incoming CALLs that wait for the one before them; at this many the socket is paused, at half it resumes. */
  readonly laneCalls: number;
  /** Frames in the lane that end the patience with a socket that cannot be paused or did not stop. */
  readonly laneFrames: number;
  /** Waiting SENDs; one more drops the oldest, since the newest measurement is worth most. */
  readonly laneSends: number;
  /** Our own CALLs that wait for the one in flight. */
  readonly outgoingCalls: number;
  /** How long the other side may take to answer. */
  readonly callTimeoutMs: number;
  /** UTF-16 units of one incoming text. */
  readonly frameCharacters: number;
  /** Ids of our timed-out and answered calls that are remembered to tell a late or repeated answer. */
  readonly rememberedCalls: number;
  /** Distinct findings kept per peer, since their field names come from outside. */
  readonly findings: number;
}

export const defaultPeerLimits: PeerLimits = {
  // A station that keeps FR.01 has one; a station that does not, sends its offline queue in bursts of tens.
  laneCalls: 32,
  // What one socket read (64 kB) can hold of the shortest frames, since a pause takes effect after the read.
  laneFrames: 4096,
  // About a minute of a periodic event stream per second and a few streams.
  laneSends: 256,
  // An operator's burst of commands for one station; more than this is a loop gone wrong.
  outgoingCalls: 100,
  // The guidance for OCPPCommCtrlr.MessageTimeout.
  callTimeoutMs: 30_000,
  // The largest messages (NotifyReport, certificates, local lists) stay below 200 kB in the field.
  frameCharacters: 1_048_576,
  rememberedCalls: 16,
  findings: 200,
};
