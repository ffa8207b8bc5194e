import { hidden } from '@busbar/ocpp';
import { digestOf } from '../digest.ts';
import type { PresentedToken } from '../queries.ts';
import { tokenKey } from './key.ts';

/** A token as it may be kept and shown. A key code is a secret, like a password (C04.FR.04). */
export function shownToken({ idToken, type }: PresentedToken): string {
  return type === 'KeyCode' ? hidden : idToken;
}

/** What the use of a token is claimed under: compared without regard to case, and no key code in clear. */
export function claimKeyOf({ idToken, type }: PresentedToken): string {
  const key = tokenKey(idToken);
  return type === 'KeyCode' ? `KeyCode ${digestOf(key)}` : key;
}
