// The validator must find what it is there to find.
import assert from 'node:assert/strict';
import test from 'node:test';
import { HttpDescription } from './http-description.mjs';

const doc = {
  openapi: '3.0.3',
  servers: [{ url: 'https://api.example.org/v1' }],
  paths: {
    '/things/{id}': {
      put: {
        parameters: [{ in: 'query', name: 'dry', schema: { type: 'boolean' } }],
        requestBody: {
          content: { 'application/json': { schema: { $ref: '#/components/schemas/thing' } } },
        },
        responses: {
          200: {
            content: { 'application/json': { schema: { $ref: '#/components/schemas/thing' } } },
          },
        },
      },
    },
    '/files/{bucket}/{*}': { get: { responses: {} } },
    '/files/info/{bucket}/{*}': { get: { responses: {} } },
    '/things/newest': { put: { responses: { 204: { description: 'done' } } } },
  },
  components: {
    schemas: {
      thing: {
        type: 'object',
        required: ['name'],
        properties: {
          name: { type: 'string', nullable: true },
          label: { type: 'string', pattern: '^[\\p{L}]+$' },
          count: { type: 'integer', minimum: 0, exclusiveMinimum: true },
        },
      },
    },
  },
};

test('an operation is found by its path, the most literal one first', () => {
  const description = new HttpDescription(doc, { kind: 'openapi' });
  assert.equal(description.find('PUT', '/v1/things/7').path, '/v1/things/{id}');
  assert.equal(description.find('PUT', '/v1/things/newest').path, '/v1/things/newest');
  assert.equal(description.find('GET', '/v1/things/7'), undefined);
  assert.equal(description.find('GET', '/v1/files/b/a/c').path, '/v1/files/{bucket}/{*}');
  assert.equal(description.find('GET', '/v1/files/info/b/a').path, '/v1/files/info/{bucket}/{*}');
  assert.equal(description.find('PUT', '/things/7'), undefined);
});

test('a wrong type, a missing field and a field nobody described are found', () => {
  const description = new HttpDescription(doc, { kind: 'openapi' });
  const { request, answers } = description.find('PUT', '/v1/things/7');
  assert.equal(description.fault(request, { name: 'x', count: 1 }, true), '');
  assert.equal(description.fault(request, { name: null }, true), '');
  assert.match(description.fault(request, { count: 1 }, true), /name/);
  assert.equal(description.fault(request, { name: 'x', label: 'é' }, true), '');
  assert.match(description.fault(request, { name: 'x', label: '7' }, true), /label/);
  assert.match(description.fault(request, { name: 'x', count: 0 }, true), /count/);
  assert.match(description.fault(request, { name: 'x', colour: 1 }, true), /unevaluated/);
  assert.equal(description.fault(answers[200], { name: 'x', colour: 1 }), '');
  assert.match(description.fault(answers[200], { name: 7 }), /name/);
});
