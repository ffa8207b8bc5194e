import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createLog, operationPage, problemPage, readConfig, settings, startServer } from '@busbar/csms';
import { root } from './files.ts';

/** Pages of docs/ that are written from the program, and how. `npm run docs` writes them all. */
export const generatedPages: Readonly<Record<string, () => Promise<string>>> = {
  'docs/openapi.json': openApi,
  'docs/reference/configuration.md': async () => configuration(),
  'docs/reference/errors.md': async () => problemPage(),
  'docs/reference/operations.md': async () => operationPage(),
};

/** What a running server serves, laid out to be read. */
async function openApi(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'busbar-openapi-'));
  const config = readConfig({ BUSBAR_DATA: folder, BUSBAR_OCPP_PORT: '0', BUSBAR_HTTP_PORT: '0' });
  const server = await startServer(config, createLog({ level: 'silent' }));
  try {
    const response = await fetch(`${server.httpUrl}/api/v1/openapi.json`);
    return `${JSON.stringify(await response.json(), null, 2)}\n`;
  } finally {
    await server.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function configuration(): string {
  const sections = Object.values(settings).map(({ env, meaning, fallback }) => {
    const standing = fallback === undefined ? 'Not set by default.' : `Default: \`${fallback}\``;
    return `## ${env}\n\n${meaning}\n\n${standing}`;
  });
  return `${[configurationHead, ...sections].join('\n\n')}\n`;
}

const configurationHead = `# Configuration

Every setting is an environment variable. \`busbar serve --config <file>\` (or \`BUSBAR_CONFIG\`) reads them from a file too,
one \`NAME=value\` a line; the environment wins over the file. A value that cannot be used, and a variable beginning with
\`BUSBAR_\` that is none of these, stops the start with a sentence that names it.

This page is written from the table of settings in the source (\`packages/csms/src/config.ts\`) by \`npm run docs\`.`;

if (import.meta.main) {
  for (const [page, text] of Object.entries(generatedPages))
    await writeFile(resolve(root, page), await text());
}
