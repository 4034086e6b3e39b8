// End to end: the real page in the real browser, against real node wrappers, all started by scripts/up.
import { defineConfig } from '@playwright/test';

const ALONE = 'first-deployment.spec.ts';

export default defineConfig({
  testDir: '.',
  timeout: 240_000,
  expect: { timeout: 30_000 },
  // Each file has a cloud of its own, on ports and in folders of its own, and waits more than it works.
  workers: 2,
  projects: [
    // Counts requests of a fixed rate, and times: `npm test` runs it before the others, with the machine for itself.
    { name: 'alone', testMatch: ALONE },
    { name: 'together', testIgnore: ALONE },
  ],
  forbidOnly: Boolean(process.env.CI),
  retries: 0,
  reporter: [['list']],
  outputDir: '../../build/e2e',
  use: {
    browserName: 'chromium',
    headless: true,
    actionTimeout: 30_000,
    viewport: { width: 1280, height: 860 },
    screenshot: 'only-on-failure',
    launchOptions: {
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
    },
  },
});
