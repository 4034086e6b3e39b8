import { expect, test, type Page } from '@playwright/test';
import { join } from 'node:path';
import { Cloud, ROOT } from './cloud.ts';
import { chooseSource, claimAll, visit } from './page.ts';

let cloud: Cloud;
test.beforeAll(async () => {
  cloud = await Cloud.start(1);
});
test.afterAll(() => cloud.stop());

const errorOn = (page: Page) => page.getByTestId('error-message').first();

test('without nodes a deployment is refused, and told what to do', async ({ page }) => {
  await visit(page, cloud.pageUrl);
  await chooseSource(page, { folder: join(ROOT, 'examples/static-site') });
  await page.getByTestId('deploy-name').fill('lonely');
  await page.getByTestId('deploy-next').click();
  await expect(errorOn(page)).toContainText(/node/i);
  await page.getByTestId('nav-apps').click();
  await expect(page.getByTestId('app-card')).toHaveCount(0);
});

test('a wrong claim code is refused', async ({ page }) => {
  await visit(page, cloud.pageUrl + 'nodes');
  await page.getByTestId('claim-open').first().click();
  await page.getByTestId('claim-url').fill(cloud.node('node-1').controlUrl);
  await page.getByTestId('claim-code').fill('0000-0000-0000');
  await page.getByTestId('claim-submit').click();
  await expect(errorOn(page)).toContainText(/code/i);
  await page.keyboard.press('Escape');
  await claimAll(page, cloud);
});
