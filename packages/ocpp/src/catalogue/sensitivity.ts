/**
 * What must not be shown to everybody. `secret` gives access to something (a password, a key, a key code):
 * it never reaches a log, an audit entry or an error message. `personal` says something about a person:
 * it is kept where it is needed, and goes when that person asks to be forgotten.
 */
export type Sensitivity = 'secret' | 'personal';

/**
 * One field that is sensitive. A rule stands at the object that holds the field, and its paths start there:
 * names with `/` between them, and `*` for every element of a list, as in `prioritizedEMAIDs/*`.
 */
export interface SensitiveRule {
  readonly field: string;
  readonly is: Sensitivity;
  /** Only what gives access in a URL: user and password, and the query. Scheme, host and path stay. */
  readonly part?: 'url-credentials';
  /** Without it, always. */
  readonly when?: Condition;
}

/** Holds unless `field` is a string that does not match: a broken payload shows too little, not too much. */
export interface Condition {
  readonly field: string;
  readonly matches: RegExp;
}

export function secret(field: string, when?: Condition): SensitiveRule {
  return { field, is: 'secret', ...(when && { when }) };
}

export function personal(field: string, when?: Condition): SensitiveRule {
  return { field, is: 'personal', ...(when && { when }) };
}

/** Locations are often `ftp://user:password@host/path`, or come with an upload token in the query. */
export function urlCredentials(field: string): SensitiveRule {
  return { field, is: 'secret', part: 'url-credentials' };
}

/**
 * Variables and configuration keys whose value is a secret. Standard ones: AuthorizationKey (1.6),
 * BasicAuthPassword, ApnPassword, VpnPassword, VpnKey, SimPin, SharedSecret (2.x). Vendors name theirs
 * alike, hence the parts of words.
 */
export const secretNames =
  /password|passwd|passphrase|secret|private_?key|api_?key|^authorizationkey$|^vpnkey$|sim_?pin|pin_?code/i;

/** A rule with its place: in which payload, and at which object of it (`''` for the payload itself). */
export interface SensitiveField extends SensitiveRule {
  readonly in: 'request' | 'response';
  readonly at: string;
}
