import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parse } from 'smol-toml';
import { rulesOf } from './page-headers.mjs';

const holdsFor = (pattern, path) =>
  pattern.endsWith('*') ? path.startsWith(pattern.slice(0, -1)) : path === pattern;
const headersFor = (rules, path) =>
  Object.assign({}, ...rules.filter((rule) => holdsFor(rule.path, path)).map((r) => r.values));

const toml = readFileSync('netlify.toml', 'utf8');
const netlify = parse(toml);
const vercel = JSON.parse(readFileSync('vercel.json', 'utf8'));

test('netlify.toml and vercel.json send the same headers for the same paths', () => {
  const ofVercel = vercel.headers.map(({ source, headers }) => ({
    path: source.replace('(.*)', '*'),
    values: Object.fromEntries(headers.map(({ key, value }) => [key, value])),
  }));
  assert.deepEqual(ofVercel, rulesOf(toml));
});

test('netlify.toml and vercel.json build the same folder and fall back to the same page', () => {
  assert.equal(vercel.buildCommand, netlify.build.command);
  assert.equal(vercel.outputDirectory, netlify.build.publish);
  const own = ({ from, source }) => !(from ?? source).startsWith('/via/');
  const [missing, page] = netlify.redirects.filter(own);
  assert.deepEqual([page.from, page.status], ['/*', 200]);
  assert.deepEqual([missing.from, missing.status], ['/assets/*', 404]);
  const [{ source, destination }] = vercel.rewrites.filter(own);
  assert.equal(destination, page.to);
  const rewritten = new RegExp(`^${source}$`);
  assert.match('/apps/guestbook', rewritten);
  assert.doesNotMatch('/assets/gone-1a2b3c.js', rewritten);
});

test('hashed assets are kept for ever, the page itself is not', () => {
  const rules = rulesOf(toml);
  assert.match(headersFor(rules, '/assets/main-1a2b3c.js')['Cache-Control'], /immutable/);
  assert.equal(headersFor(rules, '/')['Cache-Control'], undefined);
});

test('a new version of the page is looked for at each visit', () => {
  assert.equal(headersFor(rulesOf(toml), '/sw.js')['Cache-Control'], 'no-cache');
});

test('the page may install itself and run its service worker, from its own origin only', () => {
  const policy = headersFor(rulesOf(toml), '/sw.js')['Content-Security-Policy'];
  assert.match(policy, /worker-src 'self';/);
  assert.match(policy, /manifest-src 'self';/);
});

test('the policy lets nothing be inlined or evaluated but the engine', () => {
  const policy = headersFor(rulesOf(toml), '/')['Content-Security-Policy'];
  assert.match(policy, /^default-src 'none';/);
  assert.doesNotMatch(policy, /'unsafe-inline'|'unsafe-eval'/);
  assert.match(policy, /frame-ancestors 'none'$/);
});

test('netlify.toml and vercel.json forward the same paths to the same providers', () => {
  const plain = (text) => text.replace(/\*$|:splat$|:path\*$/, '');
  const ofNetlify = netlify.redirects
    .filter(({ from }) => from.startsWith('/via/'))
    .map(({ from, to, status, force }) => [plain(from), plain(to), status, force]);
  const ofVercel = vercel.rewrites
    .filter(({ source }) => source.startsWith('/via/'))
    .map(({ source, destination }) => [plain(source), plain(destination), 200, true]);
  assert.ok(ofNetlify.length > 0);
  assert.deepEqual(ofVercel, ofNetlify);
});
