/** SQLSTATE classes: https://www.postgresql.org/docs/current/errcodes-appendix.html */

/** What Node reports when a socket cannot be made or is lost. */
const socketErrors = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

/** Codes that a Unix socket gives while its server is away or swamped; only in a `connect` do they mean that. */
const connectErrors = new Set(['ENOENT', 'EAGAIN', 'EACCES', 'ENOTCONN']);

/** `pg` gives these errors no code. After a read time-out nobody knows what became of the statement. */
const lossMessages =
  /^(Connection terminated|timeout exceeded when trying to connect|Query read timeout|Client has encountered a connection error|Client was closed|timeout expired$)/;

/**
 * The connection is gone, could not be made, or is of no use any more. What was sent on it, a COMMIT above all, may or
 * may not have happened.
 */
export function isConnectionLoss(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.some(isConnectionLoss);
  if (!(error instanceof Error)) return false;
  const code = codeOf(error);
  if (code === undefined) return lossMessages.test(error.message);
  if (socketErrors.has(code)) return true;
  if (connectErrors.has(code)) return 'syscall' in error && error.syscall === 'connect';
  // 57P04 (the database was dropped) is no loss that waiting mends. 25P03: idle in a transaction for too long.
  return code.startsWith('08') || (code.startsWith('57P0') && code !== '57P04') || code === '25P03';
}

/**
 * The same work may succeed when it is tried again as it is: deadlock, serialization failure, lost connection, a
 * partition that came in between, or a server that is in no state to do anybody's work: short of connections, memory
 * or disk (53), read-only after a failover (25006), without our login (28) or our database (3D), cancelling (57),
 * failing to read or write its files (58).
 */
export function isRetryable(error: unknown): boolean {
  const code = codeOf(error);
  const isPassing = code !== undefined && /^(40P01|40001|25006|28|3D|53|57|58)/.test(code);
  return (isPassing && sqlStateOf(error) !== undefined) || isPartitionRace(error) || isConnectionLoss(error);
}

/**
 * The rows themselves are at fault, so that the same rows fail each time: data (22), constraints (23), one row
 * touched twice by an upsert (21), a value beyond a limit of PostgreSQL such as an index entry (54).
 */
export function isDataError(error: unknown): boolean {
  return /^2[123]|^54/.test(sqlStateOf(error) ?? '') && !isPartitionRace(error);
}

/**
 * A row was on its way to the default partition while the partition of its day was attached; the next time it finds
 * that one. PostgreSQL reports it like a CHECK constraint, but one without a name.
 */
function isPartitionRace(error: unknown): boolean {
  return codeOf(error) === '23514' && error instanceof Error && !('constraint' in error && error.constraint);
}

/** The SQLSTATE of an error that PostgreSQL sent. */
export function sqlStateOf(error: unknown): string | undefined {
  const code = codeOf(error);
  return code !== undefined && /^[0-9A-Z]{5}$/.test(code) && error instanceof Error && 'severity' in error
    ? code
    : undefined;
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
