// The page without its server and without a network, after one visit; and new versions of it.
import { expect, test, type Page } from '@playwright/test';
import { join } from 'node:path';
import { Cloud, ROOT } from './cloud.ts';
import { claimAll, createVault, deploy, enter, inside, openApp } from './page.ts';
import { PageServer } from './page-server.ts';

let server: PageServer;
test.beforeAll(async () => {
  server = await PageServer.start();
});
test.afterAll(() => server.stop());

/** Every file of the page is kept, and the service worker answers for this tab. */
async function kept(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
    while (navigator.serviceWorker.controller === null) {
      await new Promise((done) => setTimeout(done, 20));
    }
  });
}

test('after one visit it opens, is edited and keeps the change, with neither server nor network', async ({
  context,
  page,
}) => {
  const cloud = await Cloud.start(2);
  try {
    await claimAll(page, cloud, server.url + new URL(cloud.address).hash);
    await deploy(page, { folder: join(ROOT, 'examples/static-site') }, { name: 'site', replicas: 1 });
    await kept(page);
    await page.close();

    await server.stop();
    await context.setOffline(true);
    const tab = await context.newPage();
    await tab.goto(server.url);
    await enter(tab);
    await openApp(tab, 'site');
    await tab.screenshot({ path: '/tmp/off-app.png' });
    console.log(await tab.locator('body').innerText());
    await tab.getByTestId('app-scale-input').fill('2');
    await tab.getByTestId('app-scale-apply').click();
    await tab.waitForTimeout(4000);
    await tab.screenshot({ path: '/tmp/off-app2.png' });
    console.log(await tab.locator('body').innerText());
  } finally {
    await context.setOffline(false);
    await cloud.stop();
    await server.stop();
    await server.resume();
  }
});
