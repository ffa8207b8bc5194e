import { randomBytes, randomUUID } from 'node:crypto';
import { link, open, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** As many bits as the HMAC gives. */
const generatedBytes = 32;

/** 32 characters of base64 or of hex hold 128 bits or more. */
const charactersMin = 32;

/**
 * The secret that the hashes of passwords are made with. It is kept apart from the database, so that whoever gets
 * hold of a dump can try no password. Without it no station's password is valid any more: it belongs into backups,
 * though not into those of the database.
 *
 * `configured` is BUSBAR_PEPPER; without it the file `pepper` in the folder is read, and made at the first start.
 */
export async function readPepper(options: {
  readonly configured: string | undefined;
  readonly folder: string;
}): Promise<Buffer> {
  const { configured, folder } = options;
  if (configured !== undefined) return pepperOf(configured, 'BUSBAR_PEPPER');
  const file = join(folder, 'pepper');
  return (await readPepperFile(file)) ?? makePepperFile(file, folder);
}

function pepperOf(text: string, place: string): Buffer {
  const pepper = text.trim();
  if (pepper.length < charactersMin) {
    throw new Error(
      `${place} has ${pepper.length} characters; a pepper has at least ${charactersMin}, from a random source: openssl rand -base64 32.`,
    );
  }
  return Buffer.from(pepper);
}

async function readPepperFile(file: string): Promise<Buffer | undefined> {
  try {
    const text = await readFile(file, 'utf8');
    await refuseOpenToOthers(file);
    return pepperOf(text, file);
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

async function refuseOpenToOthers(file: string): Promise<void> {
  if (process.platform === 'win32') return;
  const { mode } = await stat(file);
  if ((mode & 0o077) === 0) return;
  throw new Error(`${file} can be read by other users of this machine. Take that away: chmod 600 ${file}`);
}

/** Whole and on the disk before anybody sees it: an empty one would lock out every station made with it. */
async function makePepperFile(file: string, folder: string): Promise<Buffer> {
  const draft = `${file}.${randomUUID()}`;
  const handle = await open(draft, 'wx', 0o600);
  try {
    await handle.writeFile(`${randomBytes(generatedBytes).toString('base64url')}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  try {
    await link(draft, file);
    await syncFolder(folder);
  } catch (error) {
    // Another process was first: its pepper is the one.
    if (!isCode(error, 'EEXIST')) throw error;
  } finally {
    await rm(draft, { force: true });
  }
  const pepper = await readPepperFile(file);
  if (pepper === undefined) throw new Error(`${file} was made and is gone again.`);
  return pepper;
}

async function syncFolder(folder: string): Promise<void> {
  // Windows opens no folders.
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  await handle.sync().finally(() => handle.close());
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
