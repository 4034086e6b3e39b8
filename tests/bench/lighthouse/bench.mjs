// Serves the built page, runs Lighthouse on its first screen, and prints two scores of the median run, for single runs
// differ by several points (Lighthouse's own advice: docs/variability.md). Usage: bench.mjs [JSON_FILE]
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launch } from 'chrome-launcher';
import lighthouse from 'lighthouse';

const SCORE_MIN = 95;
const CATEGORIES = ['performance', 'accessibility'];
// What the performance is made of.
const PARTS = [
  'first-contentful-paint',
  'speed-index',
  'largest-contentful-paint',
  'total-blocking-time',
  'cumulative-layout-shift',
];

const RUNS = 5;

const dataDir = mkdtempSync(join(tmpdir(), 'a67-lighthouse-'));
const server = spawn(
  'build/native-release/sync-server/automator67-sync',
  ['--listen', '127.0.0.1:0', '--data-dir', dataDir, '--no-forward', '--log-level', 'error'],
  { stdio: ['ignore', 'pipe', 'inherit'] },
);
// "ready http://127.0.0.1:40123"
const [ready] = await once(server.stdout, 'data');
const { port } = new URL(String(ready).trim().split(' ')[1]);
const chrome = await launch({
  chromePath: process.env.A67_CHROMIUM ?? '/usr/bin/chromium',
  chromeFlags: ['--headless=new', '--no-sandbox', '--disable-gpu', '--no-first-run'],
});

async function look() {
  const { lhr } = await lighthouse(`http://localhost:${port}/`, {
    port: chrome.port,
    logLevel: 'error',
    onlyCategories: CATEGORIES,
  });
  if (lhr.runtimeError) throw new Error(lhr.runtimeError.message);
  const scores = Object.fromEntries(
    CATEGORIES.map((id) => [id, Math.round(lhr.categories[id].score * 100)]),
  );
  return { scores, parts: PARTS.map((id) => `${id}: ${lhr.audits[id].displayValue}`) };
}

try {
  const runs = [];
  for (let run = 0; run < RUNS; run += 1) runs.push(await look());
  runs.sort((one, other) => one.scores.performance - other.scores.performance);
  console.log(
    `performance of ${RUNS} runs: ${runs.map(({ scores }) => scores.performance).join(', ')}`,
  );
  const { scores, parts } = runs[Math.floor(RUNS / 2)];
  for (const [id, score] of Object.entries(scores)) console.log(`${id}: ${score}`);
  for (const part of parts) console.log(part);
  if (process.argv[2]) writeFileSync(process.argv[2], JSON.stringify(scores));
  process.exitCode = Object.values(scores).every((score) => score >= SCORE_MIN) ? 0 : 1;
} finally {
  chrome.kill();
  server.kill();
  rmSync(dataDir, { recursive: true });
}
