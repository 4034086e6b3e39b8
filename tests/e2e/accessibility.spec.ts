import AxeBuilder from '@axe-core/playwright';
import { expect, test } from '@playwright/test';
import { join } from 'node:path';
import { Cloud, ROOT } from './cloud.ts';
import { claimAll, deploy, visit } from './page.ts';

let cloud: Cloud;
test.beforeAll(async () => {
  cloud = await Cloud.start(2);
});
test.afterAll(() => cloud.stop());

const SCREENS = [
  '',
  'nodes',
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
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
    for (const width of [1280, 390]) {
      await page.setViewportSize({ width, height: 860 });
      for (const screen of SCREENS) {
        await test.step(`/${screen} ${scheme} ${width}`, async () => {
          await visit(page, cloud.pageUrl + screen);
          await expect(page.locator('main')).toBeVisible();
          await expect(page.locator('main h1')).toBeVisible();
          const { violations } = await new AxeBuilder({ page }).analyze();
          expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
          const overflow = await page.evaluate(
            () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
          );
          expect(overflow).toBeLessThanOrEqual(0);
        });
      }
    }
  }
  expect(complaints).toEqual([]);
});
