import type { Pool } from 'pg';
import type { Block } from '../../block.ts';
import type { Ask } from '../../core/queries.ts';
import { authorize } from './authorize.ts';
import { type IdTokenRoutesOptions, idTokenRoutes } from './routes.ts';
import { answerTokenQueries } from './token-standing.ts';

export interface AuthorizationDeps {
  /** For reads. */
  readonly pool: Pool;
  readonly ask: Ask;
  readonly resources: IdTokenRoutesOptions;
}

/** Block C: who may charge. */
export function authorization(deps: AuthorizationDeps): Block {
  return {
    name: 'authorization',
    receives: authorize(deps),
    answers: answerTokenQueries(deps.pool),
    routes: idTokenRoutes(deps.resources),
  };
}
