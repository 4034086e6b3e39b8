// Starts scripts/up as a person would and waits, in a real browser, for what a person waits for.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { chromium } from 'playwright-core';

const ROOT = resolve(import.meta.dirname, '../../..');
const WARM_GOAL_SECONDS = 10;
const WARM_RUNS = 3;

async function freePorts(count) {
  for (let attempt = 0; attempt < 50; ++attempt) {
    const first = 20_000 + Math.floor(Math.random() * 10_000);
    const servers = Array.from({ length: count }, () => createServer());
    const free = await Promise.all(
      servers.map(
        (server, offset) =>
          new Promise((done) => {
            server.once('error', () => done(false));
            server.listen(first + offset, '127.0.0.1', () => done(true));
          }),
      ),
    );
    await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
    if (free.every(Boolean)) return first;
  }
  throw new Error(`no ${count} free ports in a row`);
}

// Seconds until the address was printed, and until the page could be used.
async function measure(folder, browser, env) {
  const port = await freePorts(24);
  const data = mkdtempSync(join(tmpdir(), 'a67-bench-up-'));
  const begin = performance.now();
  const child = spawn(
    join(folder, 'scripts/up'),
    [
      ['--port', port],
      ['--control-base', port + 1],
      ['--gateway-base', port + 11],
      ['--entry-port', port + 10],
      ['--data-dir', data],
    ].flatMap(([name, value]) => [name, String(value)]),
    { cwd: folder, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  try {
    const address = await new Promise((done, fail) => {
      let log = '';
      child.once('exit', (code) => fail(new Error(`scripts/up ended (${code}):\n${log}`)));
      child.stdout.on('data', (data) => {
        log += data.toString();
        const found = /^http:\/\/localhost:\S+$/m.exec(log);
        if (found) done(found[0]);
      });
    });
    const printed = (performance.now() - begin) / 1000;
    const page = await browser.newPage();
    await page.goto(address);
    await page.getByTestId('vault-name').waitFor();
    const usable = (performance.now() - begin) / 1000;
    await page.close();
    return { printed, usable };
  } finally {
    child.removeAllListeners('exit');
    if (child.exitCode === null) {
      const ended = once(child, 'exit');
      child.kill('SIGINT');
      await ended;
    }
    rmSync(data, { recursive: true, force: true });
  }
}

function report(what, { printed, usable }, goal) {
  const verdict =
    goal === undefined ? '' : `   goal <= ${goal} s   ${usable <= goal ? 'ok' : 'OVER'}`;
  console.log(
    `${what.padEnd(28)} address printed ${printed.toFixed(1)} s, page usable ${usable.toFixed(1)} s${verdict}`,
  );
}

async function cold(browser) {
  const clone = mkdtempSync(join(tmpdir(), 'a67-bench-clone-'));
  try {
    execFileSync('git', ['clone', '-q', ROOT, clone]);
    report('cold, from a fresh clone', await measure(clone, browser, { CCACHE_DISABLE: '1' }));
  } finally {
    rmSync(clone, { recursive: true, force: true });
  }
}

const browser = await chromium.launch({
  executablePath: process.env.A67_CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
});
try {
  await measure(ROOT, browser, {}); // whatever is out of date is built now
  const runs = [];
  for (let run = 0; run < WARM_RUNS; ++run) runs.push(await measure(ROOT, browser, {}));
  runs.sort((a, b) => a.usable - b.usable);
  const median = runs[Math.floor(WARM_RUNS / 2)];
  report(`warm, median of ${WARM_RUNS}`, median, WARM_GOAL_SECONDS);
  if (process.argv.includes('--cold')) await cold(browser);
  if (median.usable > WARM_GOAL_SECONDS) process.exitCode = 1;
} finally {
  await browser.close();
}
