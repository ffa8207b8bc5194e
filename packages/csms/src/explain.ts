import { CredentialsBusy } from './core/station/credentials.ts';
import { type Problem, retryLater } from './problem.ts';
import { DatabaseAway } from './store/committer.ts';
import { isConnectionLoss, isRetryable, sqlStateOf } from './store/connection.ts';

const queryCanceled = '57014';

/** Which problem an error of another part is to a caller of the API; undefined for what is our own fault. */
export function explain(error: unknown): Problem | undefined {
  if (error instanceof CredentialsBusy) return retryLater('overloaded', error.message, 5);
  if (sqlStateOf(error) === queryCanceled)
    return retryLater('overloaded', 'The database took too long for this; ask for less.', 5);
  if (error instanceof DatabaseAway || isConnectionLoss(error) || isRetryable(error)) {
    return retryLater('database-unavailable', 'The database cannot be reached. Nothing was changed.', 5);
  }
  return undefined;
}
