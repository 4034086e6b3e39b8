import { expect, test } from '@playwright/test';
import { join } from 'node:path';
import { Cloud, ROOT } from './cloud.ts';
import { Load } from './load.ts';
import { claimAll, deploy, openApp, reload, scaleTo } from './page.ts';
import { killFamily, replicasRunning, startNode } from './processes.ts';

const LOAD_PER_SECOND = 200;
const LOAD_MIN = 5_000;

let cloud: Cloud;
test.beforeAll(async () => {
  cloud = await Cloud.start(3);
});
test.afterAll(() => cloud.stop());

test('an app survives losing a node, and the node comes back clean', async ({ page }) => {
  await claimAll(page, cloud);
  const url = await deploy(
    page,
    { folder: join(ROOT, 'examples/guestbook') },
    { name: 'guestbook', replicas: 3, health: '/healthz' },
  );
  expect(url).toBe(`${cloud.entryUrl}/@guestbook/`);
  await expect.poll(async () => (await fetch(url)).status).toBe(200);

  await test.step('its logs appear', async () => {
    await openApp(page, 'guestbook');
    await expect(page.getByTestId('app-ready')).toHaveText('3/3');
    await page.getByTestId('tab-logs').click();
    await expect(page.getByTestId('log-line').first()).toBeVisible();
    await page.getByTestId('tab-replicas').click();
  });

  await test.step('it scales up and down', async () => {
    await scaleTo(page, 5);
    await scaleTo(page, 2);
    await scaleTo(page, 3);
  });

  await test.step('a reload of the page loses nothing', async () => {
    await reload(page);
    await expect(page.getByTestId('app-ready')).toHaveText('3/3');
    expect((await fetch(url)).status).toBe(200);
  });

  const victim = cloud.node('node-2');
  await test.step('a killed node costs no request and is replaced', async () => {
    const load = new Load(url, LOAD_PER_SECOND);
    await load.sent(LOAD_PER_SECOND * 3);
    killFamily(victim);
    const killedAt = Date.now();
    // The page shows the loss ...
    await page.getByTestId('nav-nodes').click();
    const card = page.locator('[data-testid="node-card"]').filter({ hasText: victim.name });
    await expect(card).toHaveAttribute('data-state', 'dead', { timeout: 30_000 });
    await openApp(page, 'guestbook');
    // ... and its repair.
    await expect(page.locator('[data-testid="replica-row"][data-state="ready"]')).toHaveCount(3, {
      timeout: 30_000,
    });
    const replacedMs = Date.now() - killedAt;
    expect(replacedMs).toBeLessThan(30_000);
    await load.sent(LOAD_MIN);
    const result = await load.stop();
    console.log(
      `load: ${result.sent} requests, ${result.failed} failed; replaced after ${replacedMs} ms`,
    );
    expect(result.faults).toEqual([]);
    expect(result.sent).toBeGreaterThanOrEqual(LOAD_MIN);
  });

  await test.step('the killed node comes back clean', async () => {
    const child = startNode(victim);
    try {
      await page.getByTestId('nav-nodes').click();
      const card = page.locator('[data-testid="node-card"]').filter({ hasText: victim.name });
      await expect(card).toHaveAttribute('data-state', 'awake', { timeout: 30_000 });
      await expect.poll(() => replicasRunning(victim, 'guestbook')).toBe(0);
      await openApp(page, 'guestbook');
      await expect(page.getByTestId('app-ready')).toHaveText('3/3');
    } finally {
      child.kill('SIGTERM');
    }
  });
});
