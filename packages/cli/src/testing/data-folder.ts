import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Settings of a server that gets in nobody's way: a new folder, free ports. The folder goes after `work`. */
export async function withServerSettings(
  work: (settings: Record<string, string>) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'busbar-cli-'));
  try {
    await work({ BUSBAR_DATA: folder, BUSBAR_OCPP_PORT: '0', BUSBAR_HTTP_PORT: '0' });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
