// Serves the built page, runs Lighthouse on its first screen, and prints two scores of the median run, for single runs
// differ by several points (Lighthouse's own advice: docs/variability.md). Usage: bench.mjs [JSON_FILE]
import { writeFileSync } from 'node:fs';
import { launch } from 'chrome-launcher';
import lighthouse from 'lighthouse';
import { pageServer } from '../../../scripts/serve-page.mjs';

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

const server = pageServer();
await new Promise((done) => server.listen(0, '127.0.0.1', done));
const chrome = await launch({
  chromePath: process.env.A67_CHROMIUM ?? '/usr/bin/chromium',
  chromeFlags: ['--headless=new', '--no-sandbox', '--disable-gpu', '--no-first-run'],
});

async function look() {
  const { lhr } = await lighthouse(`http://localhost:${server.address().port}/`, {
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
  server.close();
  server.closeAllConnections();
}
