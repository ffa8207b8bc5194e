import { createHmac, randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import type { Mode, Version } from '@busbar/ocpp';
import { type PasswordForm, type PasswordVariant, passwordOf, type Reading, readingsOf } from './password.ts';

/** What the database keeps of a password: nothing that it could be found from. Salt and hash are base64url. */
export type StoredPassword =
  | {
      readonly scheme: 'hmac-sha256';
      readonly form: PasswordForm;
      readonly salt: string;
      readonly hash: string;
    }
  | ({
      readonly scheme: 'scrypt';
      readonly form: PasswordForm;
      readonly salt: string;
      readonly hash: string;
    } & ScryptCost);

interface ScryptCost {
  readonly n: number;
  readonly r: number;
  readonly p: number;
}

export type Verification =
  | { readonly valid: false }
  /** `variant`: right, but not sent in the way of the version; to be recorded as a finding. */
  | { readonly valid: true; readonly variant?: PasswordVariant };

/** Too many passwords are being checked; the asker has to come again. */
export class CredentialsBusy extends Error {
  override readonly name = 'CredentialsBusy';
}

export interface CredentialLimits {
  /** Chosen passwords hashed at once: each takes a thread of Node's four and `32 MiB`. */
  readonly hashesAtOnce: number;
  /** Waiting behind them; about what is worked off before a station gives up on its handshake. */
  readonly hashesWaiting: number;
}

export const credentialLimits: CredentialLimits = { hashesAtOnce: 2, hashesWaiting: 64 };

/** About a tenth of a second each: what a guess costs whoever has the database and the pepper. */
const scryptCost: ScryptCost = { n: 2 ** 15, r: 8, p: 1 };
const hashBytes = 32;
const saltBytes = 16;

/** 160 bits as 40 digits fit a station of any version: exactly the key of 1.6, and within 16..40 characters of 2.x. */
const generatedBytes = 20;

export interface Credentials {
  /** A password of 160 random bits, written so that stations of all versions take it. */
  generate(): { readonly password: string; readonly stored: StoredPassword };
  /** Hashes a password that somebody chose, which has passed `problemOfPassword`. Throws {@link CredentialsBusy}. */
  choose(password: string): Promise<StoredPassword>;
  /**
   * Whether the bytes of a Basic password are the stored one, compared in constant time. In lenient mode it may be
   * sent in the way of another version (see {@link PasswordVariant}). Throws {@link CredentialsBusy}.
   */
  verify(
    stored: StoredPassword,
    presented: Buffer,
    how: { readonly version: Version; readonly mode: Mode },
  ): Promise<Verification>;
}

/**
 * A generated password cannot be guessed, so a fast hash keeps it as well as a slow one, and ten thousand stations
 * may log in at once. One that a person chose can: it gets a slow hash, behind a queue with a limit.
 */
export function createCredentials(options: {
  readonly pepper: Buffer;
  readonly limits?: Partial<CredentialLimits>;
}): Credentials {
  const { pepper } = options;
  const queue = createQueue({ ...credentialLimits, ...options.limits });

  async function hashOf(stored: StoredPassword, bytes: Buffer): Promise<Buffer> {
    const salt = Buffer.from(stored.salt, 'base64url');
    if (stored.scheme === 'hmac-sha256') return peppered(pepper, salt, bytes);
    return peppered(pepper, salt, await queue(() => slowHash(bytes, salt, stored)));
  }

  async function matches(stored: StoredPassword, { bytes }: Reading): Promise<boolean> {
    const hash = await hashOf(stored, bytes);
    const expected = Buffer.from(stored.hash, 'base64url');
    return hash.length === expected.length && timingSafeEqual(hash, expected);
  }

  return {
    generate() {
      const bytes = randomBytes(generatedBytes);
      const salt = randomBytes(saltBytes);
      const hash = peppered(pepper, salt, bytes).toString('base64url');
      return {
        password: bytes.toString('hex'),
        stored: { scheme: 'hmac-sha256', form: 'key', salt: salt.toString('base64url'), hash },
      };
    },
    async choose(password) {
      const { form, bytes } = passwordOf(password);
      const salt = randomBytes(saltBytes).toString('base64url');
      const blank: StoredPassword = { scheme: 'scrypt', form, salt, hash: '', ...scryptCost };
      return { ...blank, hash: (await hashOf(blank, bytes)).toString('base64url') };
    },
    async verify(stored, presented, { version, mode }) {
      for (const reading of readingsOf(stored.form, presented, version)) {
        if (mode === 'strict' && reading.variant !== undefined) continue;
        if (!(await matches(stored, reading))) continue;
        return { valid: true, ...(reading.variant !== undefined && { variant: reading.variant }) };
      }
      return { valid: false };
    },
  };
}

function peppered(pepper: Buffer, salt: Buffer, bytes: Buffer): Buffer {
  return createHmac('sha256', pepper).update(salt).update(bytes).digest();
}

function slowHash(bytes: Buffer, salt: Buffer, { n, r, p }: ScryptCost): Promise<Buffer> {
  // What the algorithm takes is 128 * n * r; the rest is Node's own.
  const options = { N: n, r, p, maxmem: 256 * n * r };
  return new Promise((resolve, reject) => {
    scrypt(bytes, salt, hashBytes, options, (error, hash) => (error ? reject(error) : resolve(hash)));
  });
}

/** Runs so many at once, lets so many wait, and turns the rest away. */
function createQueue({ hashesAtOnce, hashesWaiting }: CredentialLimits) {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async <Result>(work: () => Promise<Result>): Promise<Result> => {
    if (running >= hashesAtOnce) {
      if (waiting.length >= hashesWaiting) {
        throw new CredentialsBusy(`${hashesWaiting} passwords wait to be checked; try again later`);
      }
      // Whoever is done hands its place on.
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else running += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  };
}
