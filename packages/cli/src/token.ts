import { readConfig, replaceOperatorToken } from '@busbar/csms';
import { readEnvironment } from './environment.ts';

/** Prints a new operator's token, and nothing else, so that a script can take it. */
export async function token(configFile: string | undefined): Promise<void> {
  const config = readConfig(await readEnvironment(configFile));
  process.stdout.write(`${await replaceOperatorToken(config)}\n`);
}
