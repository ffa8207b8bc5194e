import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose_gc');

/** Collects garbage at once, so that a test measures what is held and not what is left over. */
export const collectGarbage: () => void = runInNewContext('gc');
