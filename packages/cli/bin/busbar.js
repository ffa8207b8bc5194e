#!/usr/bin/env -S node --max-semi-space-size=32
// What waits for a commit survives a young generation of the usual 16 MB, and would be copied about: a larger one
// costs some memory and saves a tenth of the processor under load (docs/performance.md).
// Plain JavaScript: a Node.js that cannot run TypeScript must still be able to say so.
import nodeModule from 'node:module';

const oldestMajor = 24;

if (Number.parseInt(process.versions.node, 10) < oldestMajor) {
  console.error(
    `Busbar needs Node.js ${oldestMajor} or later, and this is ${process.version} (${process.execPath}).\n` +
      'Inside the project, `npm start` and `npx busbar` use the Node.js that npm installed with it. ' +
      'Elsewhere install a later one: https://nodejs.org',
  );
  process.exitCode = 1;
} else {
  nodeModule.enableCompileCache();
  await import('../src/busbar.ts');
}
