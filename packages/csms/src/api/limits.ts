/** The limits of HTTP, apart from those of logins and event streams, which stand with them. */
export interface HttpLimits {
  readonly bodyBytesMax: number;
  readonly headBytesMax: number;
  /** A station id has 48 characters, each up to 12 bytes when percent-encoded. */
  readonly pathParameterCharactersMax: number;
  /** The head must be here: a client that drips one byte a minute (slowloris) holds a socket no longer. */
  readonly headTimeoutMs: number;
  /** Head and body must be here. */
  readonly requestTimeoutMs: number;
  /** How often the two limits above are looked at. */
  readonly timeoutCheckIntervalMs: number;
  /** Longer than the longest wait for a station's answer; then the caller gets `overloaded`. */
  readonly handlerTimeoutMs: number;
  /** A socket on which nothing moves, such as that of a client that does not read its answer. */
  readonly idleSocketTimeoutMs: number;
  /** Longer than the usual 60 s of a proxy in front, so that it is never the server who closes first. */
  readonly keepAliveTimeoutMs: number;
  readonly readinessTimeoutMs: number;
  /** What requests under way have at shutdown before their sockets are cut. */
  readonly shutdownGraceMs: number;
}

export const httpLimits: HttpLimits = {
  bodyBytesMax: 1024 * 1024,
  headBytesMax: 16 * 1024,
  pathParameterCharactersMax: 576,
  headTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  timeoutCheckIntervalMs: 2_000,
  handlerTimeoutMs: 90_000,
  idleSocketTimeoutMs: 120_000,
  keepAliveTimeoutMs: 65_000,
  readinessTimeoutMs: 3_000,
  shutdownGraceMs: 5_000,
};
