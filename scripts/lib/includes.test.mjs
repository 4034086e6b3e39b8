import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findingsIn } from './includes.mjs';

const reasons = (file, text) => findingsIn(file, text).map((finding) => finding.why);

test('a planted upward include is caught, with its line', () => {
  const findings = findingsIn('engine/base/time.cpp', '\n#include "engine/fleet/node.h"\n');
  assert.deepEqual(findings, [
    { line: 2, text: '#include "engine/fleet/node.h"', why: 'this arrow points up' },
  ]);
});

test('arrows that point down, and a room including itself, are fine', () => {
  assert.deepEqual(reasons('engine/api/app.cpp', '#include "engine/deploy/plan.h"'), []);
  assert.deepEqual(reasons('engine/deploy/plan.cpp', '#include "engine/fleet/node.h"'), []);
  assert.deepEqual(reasons('engine/deploy/plan.cpp', '#include "plan.h"\n#include <vector>'), []);
  assert.deepEqual(
    reasons('cli/main.cpp', '#include "engine/native/clock.h"\n#include <iostream>'),
    [],
  );
});

test('rooms of one floor do not include each other, by whatever spelling', () => {
  assert.equal(reasons('engine/fleet/node.cpp', '#include "engine/balance/pick.h"').length, 1);
  assert.equal(reasons('engine/fleet/node.cpp', '#include "../balance/pick.h"').length, 1);
});

test('the engine includes neither hosts nor native adapters', () => {
  assert.equal(reasons('engine/api/app.cpp', '#include "cli/verbs.h"').length, 1);
  assert.equal(reasons('engine/api/app.cpp', '#include "engine/native/http.h"').length, 1);
  assert.equal(reasons('engine/native/http.cpp', '#include "engine/fleet/node.h"').length, 1);
  assert.deepEqual(
    reasons('engine/native/http.cpp', '#include "engine/ports/http.h"\n#include <thread>'),
    [],
  );
  assert.deepEqual(reasons('engine/native/keyring.cpp', '#include "engine/vault/wrap_key.h"'), []);
});

test('hosts do not include each other', () => {
  assert.equal(reasons('cli/main.cpp', '#include "node-wrapper/gateway.h"').length, 1);
});

test('the sync server takes the control room of nodes, and nothing else of theirs', () => {
  const of = (header) => reasons('sync-server/server.cpp', `#include "node-wrapper/${header}"`);
  assert.deepEqual(of('control/relay.h'), []);
  assert.equal(of('gateway/gateway.h').length, 1);
  assert.equal(reasons('node-wrapper/node.cpp', '#include "sync-server/control/x.h"').length, 1);
});

test('heavy headers and hidden clocks are caught in the engine, but not in comments', () => {
  assert.equal(reasons('engine/base/json.cpp', '#include <sstream>').length, 1);
  assert.equal(
    reasons('engine/base/time.cpp', 'auto now = std::chrono::steady_clock::now();').length,
    1,
  );
  assert.deepEqual(
    reasons('engine/base/time.cpp', '// no steady_clock here\n#include <chrono>'),
    [],
  );
});

test('a room nobody placed on a floor is reported', () => {
  assert.equal(reasons('engine/attic/a.cpp', '#include "engine/base/time.h"').length, 1);
});
