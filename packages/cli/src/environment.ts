import { readFile } from 'node:fs/promises';
import { parseEnv } from 'node:util';

export type Environment = Readonly<Record<string, string | undefined>>;

/** The environment over the settings of a file, where there is one. */
export async function readEnvironment(file: string | undefined): Promise<Environment> {
  if (file === undefined) return process.env;
  const text = await readFile(file, 'utf8').catch((error: Error) => {
    throw new Error(`The file of settings cannot be read: ${error.message}`);
  });
  return { ...parseEnv(text), ...process.env };
}
