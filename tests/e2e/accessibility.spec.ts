import AxeBuilder from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';
import { join } from 'node:path';
import { Cloud, ROOT } from './cloud.ts';
import { claimAll, createVault, deploy, visit } from './page.ts';
import { PageServer } from './page-server.ts';

let cloud: Cloud;
test.beforeAll(async () => {
  cloud = await Cloud.start(2);
});
test.afterAll(() => cloud.stop());

/** With A67_SHOTS=<folder> what was looked at is kept there, for a person to look at. */
async function expectAccessible(page: Page, shot = ''): Promise<void> {
  const { A67_SHOTS: folder } = process.env;
  if (folder && shot) await page.screenshot({ path: join(folder, `${shot}.png`), fullPage: true });
  // In the page itself, which has no frames: another page before it would make it draw once a second.
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(overflow).toBeLessThanOrEqual(0);
}

/**
 * In the page: colours are what they will be. What turns for ever is not waited for. Asked again and again: the promise
 * of an animation whose element was taken away may never be kept.
 */
function settled(): boolean {
  return document
    .getAnimations()
    .every(({ effect }) => effect?.getComputedTiming().endTime === Infinity);
}

async function inEveryLook(page: Page, look: (name: string) => Promise<void>): Promise<void> {
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
    for (const width of [1280, 390]) {
      await page.setViewportSize({ width, height: 860 });
      await page.waitForFunction(settled, undefined, { polling: 50 });
      await test.step(`${scheme} ${width}`, () => look(`${scheme}-${width}`));
    }
  }
}

const SCREENS = [
  '',
  'nodes',
  'accounts',
  'accounts/connect',
  'accounts/connect/render',
  'accounts/providers/render',
  'deploy',
  'apps',
  'apps/site/replicas',
  'apps/site/history',
  'activity',
  'activity?tab=audit',
  'secrets',
  'settings',
];

test('every screen is free of accessibility violations and console errors', async ({ page }) => {
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  await claimAll(page, cloud);
  await deploy(page, { folder: join(ROOT, 'examples/static-site') }, { name: 'site', replicas: 2 });
  await visit(page, `${cloud.pageUrl}secrets`);
  await page.getByTestId('secret-add').click();
  await page.getByTestId('secret-name').fill('render-token');
  await page.getByTestId('secret-value').fill('rnd_1234');
  await page.getByTestId('secret-expires').fill('2020-01-01');
  await page.getByTestId('secret-save').click();
  await expect(page.getByTestId('secret-row')).toBeVisible();
  for (const screen of SCREENS) {
    await test.step(`/${screen}`, async () => {
      await visit(page, cloud.pageUrl + screen);
      await expect(page.locator('main')).toBeVisible();
      await expect(page.locator('main h1')).toBeVisible();
      await inEveryLook(page, () => expectAccessible(page));
    });
  }
  expect(complaints).toEqual([]);
});

test('so are the screens without a workspace, without a network and without an engine', async ({
  page,
  context,
}) => {
  const server = await PageServer.start();
  try {
    await page.goto(server.url);
    await expect(page.getByTestId('demo-open')).toBeVisible();
    await inEveryLook(page, (look) => expectAccessible(page, `first-run-${look}`));

    await page.getByTestId('demo-open').focus();
    await page.keyboard.press('Enter');
    await expect(page.getByTestId('demo-banner')).toBeVisible();
    await expect(page.locator('main h1')).toBeVisible();
    await inEveryLook(page, (look) => expectAccessible(page, `demo-${look}`));
    await page.setViewportSize({ width: 1280, height: 860 });
    await page.getByTestId('demo-leave').focus();
    await page.keyboard.press('Enter');

    await expect(page.getByTestId('vault-name')).toBeVisible();
    await createVault(page);
    await page.getByTestId('nav-settings').click();
    await expect(page.getByTestId('storage-card')).toContainText('archives');
    await inEveryLook(page, async (look) => {
      await expectAccessible(page, `settings-${look}`);
      await page.getByTestId('erase').click();
      await expect(page.getByTestId('confirm-name')).toBeVisible();
      await expectAccessible(page, `erase-${look}`);
      await page.keyboard.press('Escape');
      await expect(page.getByTestId('confirm-name')).toHaveCount(0);
    });

    await context.setOffline(true);
    await expect(page.getByTestId('banner')).toContainText('offline');
    await inEveryLook(page, (look) => expectAccessible(page, `offline-${look}`));
    await context.setOffline(false);

    await page.goto(`${server.url}favicon.svg`);
    await page.evaluate(
      () =>
        new Promise((done) => {
          const asked = indexedDB.open('automator67', 99);
          asked.onsuccess = () => {
            asked.result.close();
            done(null);
          };
        }),
    );
    await page.goto(server.url);
    await expect(page.getByTestId('engine-failed')).toBeVisible();
    await inEveryLook(page, (look) => expectAccessible(page, `failed-${look}`));
  } finally {
    await server.stop();
  }
});
