// Runs the built engine in Node behind a shim of a worker's globals: it must start, ask for its
// state, become ready and answer a query. Usage: node smoke.mjs FOLDER_OF_ENGINE_MJS
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const STEPS_MAX = 100;
const folder = process.argv[2];
const script = pathToFileURL(join(folder, 'engine.mjs'));

// Emscripten's module is built for workers only and looks at these while it loads.
globalThis.self = globalThis;
globalThis.WorkerGlobalScope = Object;
globalThis.importScripts = () => undefined;
globalThis.location = { href: script.href };

const { default: createEngine } = await import(script.href);
const { Engine } = await createEngine({ wasmBinary: readFileSync(join(folder, 'engine.wasm')) });
const engine = new Engine();
const started = performance.now();

const tell = (message) => engine.push(JSON.stringify(message));
const store = new Map();

function perform({ id, name, body }) {
  switch (name) {
    case 'store.load':
      return tell({ kind: 'result', id, body: { value: store.get(body.key) ?? null } });
    case 'store.save':
      store.set(body.key, body.value);
      return tell({ kind: 'result', id, body: {} });
    case 'log':
      return undefined;
    default:
      throw new Error(`unexpected effect ${name} before anything was asked for`);
  }
}

tell({ kind: 'start', seed: '07'.repeat(32), unixMs: Date.now(), host: 'browser' });
tell({ kind: 'command', id: 1, name: 'engine.state', body: {} });
tell({ kind: 'command', id: 2, name: 'app.get', body: {} });

const seen = [];
for (let step = 0; step < STEPS_MAX && !seen.some(({ kind }) => kind === 'reply'); step += 1) {
  for (const out of JSON.parse(engine.drain(performance.now() - started))) {
    if (out.kind === 'effect') perform(out);
    else seen.push(out);
  }
}

assert.equal(seen[0]?.kind, 'hello', 'hello comes first');
assert.equal(seen[0].protocol, 1);
assert.ok(
  seen.some(({ kind }) => kind === 'ready'),
  'the engine becomes ready',
);
const reply = seen.find(({ kind, id }) => kind === 'reply' && id === 1);
assert.ok(reply, 'engine.state is answered');
assert.deepEqual(reply.body.nodes, []);
assert.match(reply.body.controller.id, /^[A-Za-z0-9_-]{43}$/);
const failed = seen.find(({ kind, id }) => kind === 'failed' && id === 2);
assert.equal(failed?.error.code, 'invalid_input', 'a request that breaks the contract is refused');
assert.ok(store.has('identity'), 'the identity is saved before anybody is told');
assert.equal(typeof engine.nextWakeMs(), 'number');
engine.delete();
console.log(`wasm smoke: ${seen.length} messages, ${store.size} values saved`);
