import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { Type } from 'typebox';
import { problemTypes } from '../problem.ts';
import { IdempotencyKeyHeader } from './idempotency-key.ts';
import { openApiDocument, openApiText } from './openapi.ts';
import { openApiFaults } from './openapi-faults.ts';
import { PageQuery, pageOf } from './pagination.ts';
import { defineRoute, noContent, type Route, streamed } from './route.ts';

const Connector = Type.Object({ connectorId: Type.Integer() }, { $id: 'Connector' });
const Station = Type.Object(
  { stationId: Type.String(), connectors: Type.Array(Connector) },
  { $id: 'Station', description: 'A charging station' },
);

const listStations = defineRoute({
  method: 'GET',
  path: '/stations',
  permission: 'stations:read',
  operationId: 'listStations',
  summary: 'List stations',
  tags: ['stations'],
  query: Type.Object({ ...PageQuery.properties }),
  responses: { 200: pageOf(Station) },
  problems: [],
  handle: () => ({ status: 200, body: { items: [] } }),
});

const writeStation = defineRoute({
  method: 'PUT',
  path: '/stations/:stationId',
  permission: 'stations:write',
  operationId: 'writeStation',
  summary: 'Write a station',
  description: 'All of it.',
  tags: ['stations'],
  params: Type.Object({ stationId: Type.String({ description: 'Its identity' }) }),
  headers: IdempotencyKeyHeader,
  body: Station,
  responses: { 200: Station, 204: noContent('Unchanged') },
  problems: ['not-found', 'conflict', 'station-offline'],
  handle: () => ({ status: 204 }),
});

const readLog = defineRoute({
  method: 'GET',
  path: '/log',
  permission: 'messages:read',
  operationId: 'readLog',
  summary: 'Read the log',
  tags: ['messages'],
  responses: { 200: streamed('text/plain; charset=utf-8', 'Lines') },
  problems: [],
  handle: () => Promise.reject(new Error('not called')),
});

const routes: Route[] = [listStations, writeStation, readLog];
const document = openApiDocument(routes, '1.2.3');

describe('OpenAPI document', () => {
  it('has no fault of structure', () => {
    assert.deepEqual(openApiFaults(document), []);
  });

  it('describes an operation with its permission, its parameters and its body', () => {
    const operation = document.paths['/stations/{stationId}']?.put;
    assert.partialDeepStrictEqual(operation, {
      operationId: 'writeStation',
      summary: 'Write a station',
      description: 'All of it.',
      tags: ['stations'],
      'x-permission': 'stations:write',
      parameters: [
        {
          name: 'stationId',
          in: 'path',
          required: true,
          description: 'Its identity',
          schema: { type: 'string' },
        },
        {
          name: 'idempotency-key',
          in: 'header',
          required: false,
          schema: { type: 'string', maxLength: 255 },
        },
      ],
      requestBody: { required: true },
    });
  });

  it('does not ask for a parameter that has a default', () => {
    assert.partialDeepStrictEqual(document.paths['/stations']?.get, {
      parameters: [{ name: 'limit', required: false, schema: { default: 100 } }],
    });
  });

  it('gives named schemas one place, and bodies the closed form in which they are checked', () => {
    const { schemas } = document.components;
    assert.deepEqual(Object.keys(schemas).sort(), [
      'Connector',
      'ConnectorRequest',
      'Problem',
      'Station',
      'StationRequest',
    ]);
    assert.partialDeepStrictEqual(schemas.StationRequest, {
      additionalProperties: false,
      properties: { connectors: { items: { $ref: '#/components/schemas/ConnectorRequest' } } },
    });
    assert.ok(!('additionalProperties' in (schemas.Station ?? {})));
  });

  it('lists the problems of a route and those that any request may meet, by status', () => {
    const responses: unknown = document.paths['/stations/{stationId}']?.put;
    assert.partialDeepStrictEqual(responses, {
      responses: {
        401: {},
        403: {},
        404: {},
        413: {},
        415: {},
        429: {},
        500: {},
        503: {},
        409: {
          description: `${problemTypes.conflict.title} (\`conflict\`); ${problemTypes['station-offline'].title} (\`station-offline\`)`,
          content: {
            'application/problem+json': {
              schema: {
                allOf: [
                  { $ref: '#/components/schemas/Problem' },
                  { properties: { code: { enum: ['conflict', 'station-offline'] } } },
                ],
              },
            },
          },
        },
      },
    });
  });

  it('shows streams and empty answers as what they are', () => {
    assert.partialDeepStrictEqual(document.paths['/log']?.get, {
      responses: { 200: { description: 'Lines', content: { 'text/plain': { schema: { type: 'string' } } } } },
    });
    assert.partialDeepStrictEqual(document.paths['/stations/{stationId}']?.put, {
      responses: { 204: { description: 'Unchanged' } },
    });
  });

  it('has schemas that compile, references included', () => {
    const ajv = new Ajv2020({ strict: false, formats: { uri: true } });
    ajv.addSchema({ $id: 'openapi', ...document });
    for (const name of Object.keys(document.components.schemas)) {
      assert.ok(ajv.compile({ $ref: `openapi#/components/schemas/${name}` }), name);
    }
  });

  it('is the same text for the same routes', () => {
    assert.equal(openApiText(routes, '1.2.3'), openApiText([...routes], '1.2.3'));
    assert.deepEqual(JSON.parse(openApiText(routes, '1.2.3')), JSON.parse(JSON.stringify(document)));
  });

  it('refuses two schemas of one name', () => {
    const other = Type.Object({ different: Type.String() }, { $id: 'Station' });
    const more = defineRoute({
      ...listStations,
      tags: ['x'],
      query: PageQuery,
      operationId: 'x',
      path: '/x',
      responses: { 200: other },
      handle: () => ({ status: 200, body: { different: '' } }),
    });
    const again = defineRoute({
      ...listStations,
      tags: ['x'],
      query: PageQuery,
      operationId: 'y',
      path: '/y',
      responses: { 200: Connector, 201: Type.Object({}, { $id: 'Station' }) },
      handle: () => ({ status: 200, body: { connectorId: 1 } }),
    });
    assert.throws(
      () => openApiDocument([...routes, more, again], '1'),
      /two schemas with different content are named Station/,
    );
  });
});

describe('OpenAPI faults', () => {
  it('are found', () => {
    const route = { ...listStations, responses: { 200: { $ref: '#/components/schemas/Nothing' } } };
    const broken = openApiDocument(
      [listStations, { ...route, path: '/a/:x' }, { ...writeStation, path: '/a/:y' }],
      '1',
    );
    assert.deepEqual(openApiFaults(broken), [
      'operationId listStations is not unique',
      'the path /a/{} stands there twice, with parameters of different names',
      'get /a/{x} does not declare x',
      'put /a/{y} does not declare y',
      'put /a/{y} declares stationId, which is not in its path',
      '#/components/schemas/Nothing leads nowhere',
    ]);
  });
});
