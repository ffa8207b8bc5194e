import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { describe, it } from 'node:test';
import { Type } from 'typebox';
import { defineRoute, noContent, streamed } from './route.ts';

const Station = Type.Object({ stationId: Type.String(), online: Type.Boolean() }, { $id: 'Station' });

const readStation = defineRoute({
  method: 'GET',
  path: '/stations/:stationId',
  permission: 'stations:read',
  operationId: 'readStation',
  summary: 'Read a station',
  tags: ['stations'],
  params: Type.Object({ stationId: Type.String() }),
  query: Type.Object({ verbose: Type.Optional(Type.Boolean()) }),
  responses: { 200: Station, 204: noContent('nothing'), 206: streamed('text/plain', 'pieces') },
  problems: ['not-found'],
  handle({ params, query }) {
    const stationId: string = params.stationId;
    const verbose: boolean | undefined = query.verbose;
    if (verbose) return { status: 204 };
    if (stationId === 'part') return { status: 206, body: Readable.from(['a']) };
    return { status: 200, body: { stationId, online: true } };
  },
});

describe('defineRoute', () => {
  it('gives the route as it was declared', () => {
    assert.equal(readStation.operationId, 'readStation');
    assert.equal(readStation.permission, 'stations:read');
  });

  it('refuses a path whose parameters are not those of its schema', () => {
    const route = {
      ...readStation,
      handle: () => ({ status: 204 as const }),
      responses: { 204: noContent('') },
    };
    assert.throws(
      () => defineRoute({ ...route, tags: ['x'], path: '/stations/:id', operationId: 'x' }),
      /route x: the path \/stations\/:id has the parameters \[id\], its schema has \[stationId\]/,
    );
  });

  it('does not compile without a permission, with an unknown one, or with an answer that was not declared', () => {
    const route = {
      method: 'GET',
      path: '/things',
      operationId: 'listThings',
      summary: 'List things',
      tags: ['things'],
      responses: { 200: Type.Object({ count: Type.Integer() }), 404: noContent('none') },
      problems: [],
    } as const;
    const answer = () => ({ status: 200, body: { count: 1 } }) as const;
    const read = { ...route, permission: 'stations:read' } as const;
    // @ts-expect-error: no permission
    defineRoute({ ...route, handle: answer });
    // @ts-expect-error: not in the vocabulary
    defineRoute({ ...route, permission: 'stations:raed', handle: answer });
    // @ts-expect-error: the body is of another type
    defineRoute({ ...read, handle: () => ({ status: 200, body: { count: 'x' } }) });
    // @ts-expect-error: the status was not declared
    defineRoute({ ...read, handle: () => ({ status: 201, body: { count: 1 } }) });
    // @ts-expect-error: a body where none was declared
    defineRoute({ ...read, handle: () => ({ status: 404, body: { count: 1 } }) });
    defineRoute({ ...read, handle: answer });
    defineRoute({ ...read, handle: async () => ({ status: 200, body: { count: 1 } }) });
  });
});
