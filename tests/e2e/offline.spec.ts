// The page without its server and without a network, after one visit; and new versions of it.
import { expect, test, type BrowserContext, type Page } from '@playwright/test';
import { cp, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Cloud, ROOT } from './cloud.ts';
import { claimAll, createVault, deploy, enter, openApp } from './page.ts';
import { PageServer } from './page-server.ts';

let server: PageServer;
test.beforeEach(async () => {
  server = await PageServer.start();
});
test.afterEach(() => server.stop());

/** Every file of the page is kept, and the service worker answers for this tab. */
async function kept(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
    if (navigator.serviceWorker.controller !== null) return;
    await new Promise((done) => {
      navigator.serviceWorker.addEventListener('controllerchange', done, { once: true });
    });
  });
}

/** Nobody answers any more: the server is ended, and the browser has no network. */
async function leaveWorld(context: BrowserContext): Promise<void> {
  await server.stop();
  await context.setOffline(true);
  expect(await fetch(server.url).catch(() => 'nobody')).toBe('nobody');
}

test('after one visit it is opened, edited and opened again with neither server nor network, and goes out later', async ({
  context,
  page,
}) => {
  const cloud = await Cloud.start(2);
  try {
    await claimAll(page, cloud, server.url + new URL(cloud.address).hash);
    const source = { folder: join(ROOT, 'examples/static-site') };
    await deploy(page, source, { name: 'site', replicas: 1 });
    await kept(page);
    await page.close();
    await leaveWorld(context);

    let tab = await context.newPage();
    const complaints: string[] = [];
    tab.on('pageerror', (error) => complaints.push(error.message));
    await tab.goto(server.url);
    await enter(tab);
    await expect(tab.getByTestId('banner')).toContainText('offline');

    await test.step('every page opens', async () => {
      for (const id of ['nodes', 'deploy', 'apps', 'activity', 'settings', 'overview']) {
        await tab.getByTestId(`nav-${id}`).click();
        await expect(tab.locator('main h1')).toBeVisible();
        await expect(tab.getByText('This page stopped working')).toHaveCount(0);
      }
    });

    await test.step('what cannot wait is refused, and why', async () => {
      await tab.getByTestId('nav-nodes').click();
      await tab.getByTestId('claim-open').click();
      await expect(tab.getByText('needs the network')).toBeVisible();
      await expect(tab.getByTestId('claim-submit')).toBeDisabled();
      await tab.keyboard.press('Escape');
    });

    await test.step('an app`s settings are changed', async () => {
      await openApp(tab, 'site');
      await tab.getByTestId('tab-settings').click();
      await tab.getByTestId('app-hosts').fill('site.example');
      await tab.getByTestId('app-settings-save').click();
      await expect(tab.getByTestId('toast').filter({ hasText: 'Saved.' })).toBeVisible();
      await expect(tab.getByTestId('waiting').first()).toBeVisible();
      await expect(tab.getByTestId('waiting-list')).toContainText('site (new release)');
    });

    await test.step('another one is planned and deployed from a folder', async () => {
      await tab.getByTestId('nav-deploy').click();
      await tab.getByTestId('deploy-folder-input').setInputFiles(source.folder);
      await tab.getByTestId('deploy-next').click();
      await tab.getByTestId('deploy-name').fill('second');
      await tab.getByTestId('deploy-replicas').fill('1');
      await tab.getByTestId('deploy-next').click();
      await expect(tab.getByTestId('deploy-plan')).toBeVisible();
      await tab.getByTestId('deploy-start').click();
      await expect(tab.getByTestId('deploy-progress')).toContainText('Saved. Goes out when');
    });

    await tab.close();
    tab = await context.newPage();
    await tab.goto(server.url);
    await enter(tab);
    await expect(tab.getByTestId('waiting-list')).toContainText('second (new release)');
    await expect(tab.getByTestId('waiting-list')).toContainText('site (new release)');

    await context.setOffline(false);
    const from = Date.now();
    for (const app of ['site', 'second']) {
      await openApp(tab, app);
      await expect(tab.getByTestId('app-ready')).toHaveText('1/1', { timeout: 60_000 });
      await expect(tab.getByTestId('app-state')).toHaveAttribute('data-state', 'running');
      await expect(tab.getByTestId('waiting')).toHaveCount(0);
    }
    console.log(`back online: both rollouts through after ${Date.now() - from} ms`);
    await expect
      .poll(async () => {
        const answer = await fetch(`${cloud.entryUrl}/@second/`).catch(() => null);
        return answer?.status;
      })
      .toBe(200);
    expect(complaints).toEqual([]);
  } finally {
    await cloud.stop();
  }
});

test('what is kept is answered with the headers it came with', async ({ context, page }) => {
  await page.goto(server.url);
  await expect(page.getByTestId('vault-name')).toBeVisible();
  await kept(page);
  await leaveWorld(context);
  const answer = await page.reload();
  const headers = await answer?.allHeaders();
  expect(answer?.fromServiceWorker()).toBe(true);
  expect(headers?.['content-security-policy']).toContain("default-src 'none'");
  expect(headers?.['cross-origin-opener-policy']).toBe('same-origin');
  expect(headers?.['cross-origin-embedder-policy']).toBe('require-corp');
  await expect(page.getByTestId('vault-name')).toBeVisible();
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
});

/** A copy of the build as the next release would be: every asset has another name, the page another word. */
async function nextBuild(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'a67-build-'));
  await cp(join(ROOT, 'web/dist'), folder, { recursive: true });
  for (const file of await readdir(folder, { recursive: true })) {
    if (/\.(br|gz)$/.test(file)) await rm(join(folder, file));
  }
  const assets = await readdir(join(folder, 'assets'));
  const renamed = new Map(assets.map((name) => [name, name.replace(/\.(\w+)$/, 'n.$1')]));
  for (const [name, next] of renamed)
    await rename(`${folder}/assets/${name}`, `${folder}/assets/${next}`);
  for (const file of await readdir(folder, { recursive: true })) {
    if (!/\.(js|mjs|css|html)$/.test(file)) continue;
    const path = join(folder, file);
    let text = await readFile(path, 'utf8');
    for (const [name, next] of renamed) text = text.replaceAll(name, next);
    await writeFile(
      path,
      text
        .replace('<html lang="en">', '<html lang="en" data-build="next">')
        .replace(/(revision":"[0-9a-f]{32}-[0-9a-f]{16})/g, '$1-next'),
    );
  }
  return folder;
}

const buildOf = async (page: Page) =>
  (await page.locator('html').getAttribute('data-build')) ?? 'first';

test('a new version is offered in every tab, forced on none, and begun by a reload', async ({
  context,
  page,
}) => {
  await page.goto(server.url);
  await createVault(page);
  await kept(page);
  const other = await context.newPage();
  await other.goto(server.url);
  await enter(other);

  const folder = await nextBuild();
  try {
    await server.kill();
    await server.resume(folder);
    await page.evaluate(async () => {
      await (await navigator.serviceWorker.ready).update();
    });
    await expect(page.getByTestId('update-notice')).toBeVisible();
    await expect(page.getByTestId('update-notice')).toContainText('unlock again');
    await expect(other.getByTestId('update-notice')).toBeVisible();
    expect([await buildOf(page), await buildOf(other)]).toEqual(['first', 'first']);

    await page.getByTestId('nav-settings').click();
    await page.getByTestId('settings-heartbeat').fill('44');
    await page.getByTestId('settings-heartbeat-save').click();
    await expect(page.getByTestId('settings-heartbeat-save')).toBeDisabled();

    await page.getByTestId('update-reload').click();
    await expect.poll(() => buildOf(page)).toBe('next');
    await enter(page);
    await page.getByTestId('nav-settings').click();
    await expect(page.getByTestId('settings-heartbeat')).toHaveValue('44');
    await expect(page.getByTestId('update-notice')).toHaveCount(0);

    // The tab of the first version works on, with parts that only its own version has.
    expect(await buildOf(other)).toBe('first');
    const script = await other.evaluate(
      () => document.querySelector<HTMLScriptElement>('script[type="module"]')?.src ?? '',
    );
    expect(await other.evaluate(async (url) => (await fetch(url)).status, script)).toBe(200);
    expect((await fetch(script)).status).toBe(404);
    await expect(other.getByTestId('update-notice')).toBeVisible();
    await other.getByTestId('update-reload').click();
    await expect.poll(() => buildOf(other)).toBe('next');
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('a demo is looked around in and thrown away, and nothing of it is left', async ({ page }) => {
  await page.goto(server.url);
  await page.getByTestId('demo-open').click();
  await expect(page.getByTestId('demo-banner')).toBeVisible();
  await page.getByTestId('nav-nodes').click();
  await expect(page.locator('[data-testid="node-card"][data-state="awake"]')).toHaveCount(3);
  await openApp(page, 'guestbook');
  await expect(page.getByTestId('app-ready')).toHaveText('3/3');
  await page.getByTestId('tab-logs').click();
  await expect(page.getByTestId('log-line').first()).toBeVisible();
  await page.getByTestId('tab-replicas').click();
  await page.getByTestId('app-scale-input').fill('4');
  await page.getByTestId('app-scale-apply').click();
  await expect(page.getByTestId('app-ready')).toHaveText('4/4');

  await page.getByTestId('nav-deploy').click();
  await page.getByTestId('deploy-folder-input').setInputFiles(join(ROOT, 'examples/static-site'));
  await page.getByTestId('deploy-next').click();
  await page.getByTestId('deploy-name').fill('mine');
  await page.getByTestId('deploy-next').click();
  await page.getByTestId('deploy-start').click();
  await expect(page.getByTestId('deploy-done-url')).toBeVisible();
  for (const id of ['activity', 'settings', 'overview']) {
    await page.getByTestId(`nav-${id}`).click();
    await expect(page.locator('main h1')).toBeVisible();
  }

  await page.getByTestId('demo-leave').click();
  await expect(page.getByTestId('vault-name')).toBeVisible();
  await page.goto(`${server.url}favicon.svg`);
  const left = await page.evaluate(async () => {
    const rows: string[] = [];
    for (const { name } of await indexedDB.databases()) {
      const database = await new Promise<IDBDatabase>((done, fail) => {
        const asked = indexedDB.open(name ?? '');
        asked.onsuccess = () => done(asked.result);
        asked.onerror = () => fail(asked.error ?? new Error('not opened'));
      });
      for (const store of database.objectStoreNames) {
        const keys = await new Promise<IDBValidKey[]>((done, fail) => {
          const asked = database.transaction(store).objectStore(store).getAllKeys();
          asked.onsuccess = () => done(asked.result);
          asked.onerror = () => fail(asked.error ?? new Error('not read'));
        });
        rows.push(...keys.map((key) => `${store}/${String(key)}`));
      }
    }
    return rows;
  });
  expect(left).toEqual([]);
});
