import type { Version } from '@busbar/ocpp';

/**
 * The two things a password can be. A `key` is the AuthorizationKey of 1.6: 16 to 20 bytes, written as hex digits.
 * Everything else is `text`, and its UTF-8 is what counts.
 */
export type PasswordForm = 'key' | 'text';

/** What a password is made of, whatever it is written like. */
export interface Password {
  readonly form: PasswordForm;
  readonly bytes: Buffer;
}

/** A way of sending a password that the version does not have, but that stations are known for. */
export type PasswordVariant =
  /** Hex digits where the bytes themselves are due. */
  | 'hex-text'
  /** The bytes themselves where hex digits are the password. */
  | 'raw-bytes';

/** A reading of what a station presented, to be tried against the one that is stored. */
export interface Reading {
  readonly bytes: Buffer;
  readonly variant?: PasswordVariant;
}

const charactersMin = 16;
/** BasicAuthPassword may be limited to 40 by a station; since 2.1 and the errata 2025-01 of 2.0.1 to as much as 64. */
const charactersMax = 64;

/** 16 to 20 bytes: OCPP 1.6 security whitepaper, edition 3. */
const keyText = /^(?:[0-9a-f]{2}){16,20}$/i;
const keyBytesMin = 16;
const keyBytesMax = 20;

const controlCharacter = /\p{Cc}/u;

/** What is wrong with a password that somebody chose, as the end of a sentence; `undefined` when nothing is. */
export function problemOfPassword(password: string): string | undefined {
  const characters = [...password].length;
  // A00.FR.205, A00.FR.304
  if (characters < charactersMin || characters > charactersMax) {
    return `must have ${charactersMin} to ${charactersMax} characters`;
  }
  if (!password.isWellFormed() || controlCharacter.test(password)) return 'must not have control characters';
  return undefined;
}

export function passwordOf(written: string): Password {
  return keyText.test(written)
    ? { form: 'key', bytes: Buffer.from(written, 'hex') }
    : { form: 'text', bytes: Buffer.from(written) };
}

/**
 * What the presented bytes may mean. A key is due as raw bytes in 1.6 and as its digits in 2.x; a text as its UTF-8
 * in all of them. The first reading is the likelier one.
 */
export function readingsOf(form: PasswordForm, presented: Buffer, version: Version): readonly Reading[] {
  const digits = readDigits(presented);
  if (form === 'text') {
    return digits === undefined
      ? [{ bytes: presented }]
      : [{ bytes: presented }, { bytes: digits, variant: 'hex-text' }];
  }
  if (digits !== undefined && presented.length > keyBytesMax) {
    return [version === '1.6' ? { bytes: digits, variant: 'hex-text' } : { bytes: digits }];
  }
  if (presented.length < keyBytesMin || presented.length > keyBytesMax) return [];
  return [version === '1.6' ? { bytes: presented } : { bytes: presented, variant: 'raw-bytes' }];
}

function readDigits(presented: Buffer): Buffer | undefined {
  if (presented.length > 8 * charactersMax || !/^(?:[0-9a-f]{2})+$/i.test(presented.toString('latin1')))
    return undefined;
  return Buffer.from(presented.toString('latin1'), 'hex');
}
