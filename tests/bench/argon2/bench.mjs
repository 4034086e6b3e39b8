// See ./run. Everything takes turns, round by round, so that a slow moment of the machine hits all alike.
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import sirv from 'sirv';
import { build } from 'vite';

const here = fileURLToPath(new URL('.', import.meta.url));
const [native, rounds, out, json] = process.argv.slice(2);
const KIB = 64 * 1024;
const PASSES = 3;
const CHUNK_BYTES = 5 * 1024 * 1024;
const PEERS = ['libsodium-wrappers-sumo', 'hash-wasm'];

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

async function buildPage() {
  const outDir = join(out, 'page');
  await build({
    root: join(here, 'page'),
    base: './',
    logLevel: 'warn',
    configFile: false,
    worker: { format: 'es' },
    build: { outDir, emptyOutDir: true, target: 'es2022', chunkSizeWarningLimit: 4096 },
  });
  return outDir;
}

function serve(folder) {
  const server = createServer(sirv(folder, { dev: true }));
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(server));
  });
}

function startNative() {
  const child = spawn(native, { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    derive: async () => {
      child.stdin.write(`${KIB} ${PASSES}\n`);
      return Number((await lines.next()).value.split(' ')[0]);
    },
    end: () => child.stdin.end(),
  };
}

async function measure(page, nativeRun) {
  const found = { 'native libsodium': [], 'ours, as the product does': [], 'ours, warm': [] };
  const keys = new Set();
  const add = (name, value) => (found[name] ??= []).push(value);
  const call = (name, ...args) =>
    page.evaluate(([method, rest]) => window.bench[method](...rest), [name, args]);
  for (let round = 0; round < Number(rounds); round += 1) {
    add('native libsodium', await nativeRun.derive());
    const product = await call('derive', KIB, PASSES);
    add('ours, as the product does', product.milliseconds);
    keys.add(product.key);
    for (const library of ['ours', ...PEERS]) {
      const { cold, warm, key } = await call('peer', library, KIB, PASSES);
      if (library !== 'ours') add(`${library}, new worker`, cold);
      add(`${library}, warm`, warm);
      keys.add(key);
    }
  }
  if (keys.size !== 1) throw new Error('the libraries disagree about the key');
  return { found, seal: await call('seal', CHUNK_BYTES, 12), calibration: await call('calibrate') };
}

function report({ found, seal, calibration }) {
  const medians = Object.fromEntries(
    Object.entries(found).map(([name, all]) => [name, median(all)]),
  );
  console.log(`Argon2id, ${KIB / 1024} MiB, ${PASSES} passes, 1 lane; medians of ${rounds} rounds`);
  for (const [name, value] of Object.entries(medians)) {
    const each = found[name].map((one) => one.toFixed(0)).join(' ');
    console.log(`${name.padEnd(38)} ${value.toFixed(0).padStart(6)} ms   ${each}`);
  }
  const product = medians['ours, as the product does'];
  const ratios = {};
  for (const library of PEERS) {
    ratios[library] = {
      product: medians[`${library}, new worker`] / product,
      warm: medians[`${library}, warm`] / medians['ours, warm'],
    };
    const { product: cold, warm } = ratios[library];
    console.log(
      `ours / ${library}: ${cold.toFixed(2)}x as fast from nothing, ${warm.toFixed(2)}x warm`,
    );
  }
  ratios.native = medians['native libsodium'] / product;
  console.log(`ours / native: ${ratios.native.toFixed(2)}x`);
  const { params, milliseconds } = calibration;
  console.log(
    `calibrate() proposes ${params.memoryKib / 1024} MiB, ${params.passes} passes: ${milliseconds.toFixed(0)} ms`,
  );
  const sealing = Object.fromEntries(Object.entries(seal).map(([way, all]) => [way, median(all)]));
  const speed = (ms) => `${ms.toFixed(1)} ms, ${(CHUNK_BYTES / 1e3 / ms).toFixed(0)} MB/s`;
  console.log(`AES-256-GCM, chunks of 5 MiB: bare WebCrypto ${speed(sealing.bare)}`);
  console.log(
    `  keyring ${speed(sealing.keyring)}: ${(sealing.bare / sealing.keyring).toFixed(2)}x`,
  );
  console.log(
    `  as a key.seal message ${speed(sealing.message)}: ${(sealing.bare / sealing.message).toFixed(2)}x`,
  );
  return { medians, ratios, calibration, sealing };
}

const server = await serve(await buildPage());
const browser = await chromium.launch({
  executablePath: process.env.A67_CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
});
const nativeRun = startNative();
try {
  const page = await browser.newPage();
  page.on('pageerror', (error) => console.error(error));
  await page.goto(`http://127.0.0.1:${server.address().port}/`);
  await page.waitForFunction(() => 'bench' in window);
  const result = report(await measure(page, nativeRun));
  if (json) writeFileSync(json, JSON.stringify(result, null, 2));
} finally {
  nativeRun.end();
  await browser.close();
  server.close();
}
