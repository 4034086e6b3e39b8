import assert from 'node:assert/strict';
import { test } from 'node:test';
import { forwardsOf } from './forward.mjs';

test('every card forwards to https origins and to paths below a prefix', () => {
  const all = forwardsOf('engine/providers');
  assert.ok(all.length > 0);
  for (const { origin, paths } of all) {
    assert.match(origin, /^https:\/\/[a-z0-9.-]+$/);
    for (const path of paths) assert.match(path, /^\/.*\/$|^\/$/);
  }
});
