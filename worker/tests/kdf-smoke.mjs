// Runs the built key derivation module in Node behind a shim of a worker's globals.
// Usage: node kdf-smoke.mjs FOLDER_OF_KDF_MJS
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const folder = process.argv[2];
const script = pathToFileURL(join(folder, 'kdf.mjs'));

globalThis.self = globalThis;
globalThis.WorkerGlobalScope = Object;
globalThis.importScripts = () => undefined;
globalThis.location = { href: script.href };

const { default: createKdf } = await import(script.href);
const kdf = await createKdf({ wasmBinary: readFileSync(join(folder, 'kdf.wasm')) });

assert.equal(kdf.selfTest(), true, 'every known answer is right');
const salt = Uint8Array.from({ length: 16 }, (_, i) => i);
const secret = new TextEncoder().encode('correct horse battery staple');
const begin = performance.now();
const derived = kdf.deriveSeed('passphrase', secret, salt, 64 * 1024, 3);
const milliseconds = performance.now() - begin;
assert.equal(derived.seed?.length, 32, 'the floor`s parameters are to be had');
assert.equal(kdf.deriveSeed('passphrase', secret, salt, 1024, 1).error.code, 'invalid_input');
console.log(`kdf smoke: 64 MiB, 3 passes in ${Math.round(milliseconds)} ms`);
