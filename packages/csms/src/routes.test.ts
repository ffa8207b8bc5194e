import assert from 'node:assert/strict';
import { test } from 'node:test';
import pg from 'pg';
import { openApiDocument } from './api/openapi.ts';
import { openApiFaults } from './api/openapi-faults.ts';
import { allBlocks } from './blocks/index.ts';
import { createCredentials } from './core/station/credentials.ts';
import { allRoutes } from './routes.ts';

test('all routes together make a sound OpenAPI document', () => {
  const never = async () => {
    throw new Error('nothing is asked here');
  };
  const pool = new pg.Pool({ max: 1 });
  const now = () => new Date();
  const blocks = allBlocks({
    pool,
    ask: never,
    transactions: { find: never, readings: never, openOf: never },
    newId: () => '',
    transactionNumbers: { take: never },
    resources: { pool, committer: { commit: never }, now },
    heartbeatIntervalSeconds: 300,
    pendingIntervalSeconds: 60,
  });
  const core = {
    pool,
    committer: { commit: never },
    credentials: createCredentials({ pepper: Buffer.alloc(32) }),
    changes: { changed: async () => {} },
    rules: { allowSecurityProfile0: false },
    give: never,
    now,
  };
  const document = openApiDocument(allRoutes(core, blocks), '0');
  assert.deepEqual(openApiFaults(document), []);
  for (const name of ['Station', 'Transaction', 'IdToken', 'Operation', 'Finding', 'Variable', 'Exchange']) {
    assert.ok(name in document.components.schemas, name);
  }
});
