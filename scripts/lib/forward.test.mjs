import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answerHeaders, forwardsOf, requestHeaders, targetOf } from './forward.mjs';

const forwards = [
  { provider: 'render', host: 'api', origin: 'https://api.render.com', paths: ['/v1/'] },
];

test('a path that a card names goes to its provider, with its query', () => {
  assert.equal(
    targetOf(forwards, '/via/render/api/v1/services?limit=1&x=%2F'),
    'https://api.render.com/v1/services?limit=1&x=%2F',
  );
});

test('no other path, host or provider is forwarded, however it is written', () => {
  for (const path of [
    '/via/render/api/v2/services',
    '/via/render/api/v10',
    '/via/render/other/v1/services',
    '/via/fly/api/v1/apps',
    '/via/render/api/v1/../admin',
    '/via/render/api/v1/%2e%2e/admin',
    '/via/render/api/v1/%2E./admin',
    '/via/render/api/v1/..\\\\admin',
    '/via/render/api@evil.example/v1/',
  ]) {
    assert.equal(targetOf(forwards, path), null, path);
  }
});

test('cookies, origins and addresses stay behind', () => {
  const sent = requestHeaders({
    authorization: 'Bearer x',
    'content-type': 'application/json',
    cookie: 'a=b',
    origin: 'https://page.example',
    referer: 'https://page.example/',
    'x-forwarded-for': '10.0.0.1',
    host: 'page.example',
  });
  assert.deepEqual(sent, { authorization: 'Bearer x', 'content-type': 'application/json' });
  const told = answerHeaders({
    'set-cookie': 'a=b',
    'x-ratelimit-remaining': '3',
    'retry-after': '1',
    server: 'x',
  });
  assert.deepEqual(told, { 'x-ratelimit-remaining': '3', 'retry-after': '1' });
});

test('every card forwards to https origins and to paths below a prefix', () => {
  const all = forwardsOf('engine/providers');
  assert.ok(all.length > 0);
  for (const { origin, paths } of all) {
    assert.match(origin, /^https:\/\/[a-z0-9.-]+$/);
    for (const path of paths) assert.match(path, /^\/.*\/$|^\/$/);
  }
});
