/** Tokens are compared without regard to case (identifierString of 2.x, CiString of 1.6): what they are compared by. */
export function tokenKey(idToken: string): string {
  return idToken.toLowerCase();
}
