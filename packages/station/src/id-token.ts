/** Who wants to charge. A 1.6 idTag is the text alone; its type then says nothing. */
export interface IdToken {
  readonly idToken: string;
  /** A value of IdTokenEnumType; 2.1 leaves the list open. */
  readonly type: string;
}

/** The same text in whatever case (identifierString) and the same type (C01.FR.25). */
export function sameToken(one: IdToken, other: IdToken): boolean {
  return one.type === other.type && one.idToken.toLowerCase() === other.idToken.toLowerCase();
}

/** The text and the type, which are all that tokens are compared by. */
export function withoutDetails({ idToken, type }: IdToken): IdToken {
  return { idToken, type };
}

/** What the CSMS says about a token. */
export interface TokenInfo {
  /** `Accepted`, or why not; 1.6 knows fewer reasons than 2.x. */
  readonly status: TokenStatus;
  readonly group?: IdToken;
  /** Milliseconds since the epoch; a cached answer is worth nothing after it. */
  readonly expiresAt?: number;
}

export type TokenStatus =
  | 'Accepted'
  | 'Blocked'
  | 'ConcurrentTx'
  | 'Expired'
  | 'Invalid'
  | 'NoCredit'
  | 'NotAllowedTypeEVSE'
  | 'NotAtThisLocation'
  | 'NotAtThisTime'
  | 'Unknown';
