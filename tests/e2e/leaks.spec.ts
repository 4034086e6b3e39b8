// Planted secrets are looked for everywhere a browser could keep or send them.
import { expect, test, type Page } from '@playwright/test';
import { Cloud, ROOT } from './cloud.ts';
import { EngineMemory, watchedBuild } from './engine-memory.ts';
import { find, LeakSearch } from './leak-search.ts';
import { PageServer } from './page-server.ts';
import { chooseSource, createVault, inside, PASSPHRASE, unlock } from './page.ts';
import { WorkerHeap } from './worker-heap.ts';

const TOKEN = 'rnd_PLANTED9f2c7a41d0b85e';
// Each recovery word alone is a common syllable; two neighbours are not.
const pairs = (kit: readonly string[]) => kit.slice(1).map((word, at) => `${kit[at]}-${word}`);

let cloud: Cloud;
let watched: { server: PageServer; remove: () => Promise<void> };
test.beforeAll(async () => {
  cloud = await Cloud.start(1);
  const { folder, remove } = await watchedBuild();
  watched = { server: await PageServer.start({ folder }), remove };
});
test.afterAll(async () => {
  await cloud.stop();
  await watched.server.stop();
  await watched.remove();
});

async function lock(page: Page): Promise<void> {
  await inside(page).click();
  await expect(page.getByTestId('unlock-passphrase')).toBeVisible();
}

const enginesOf = (page: Page) =>
  page.workers().filter((worker) => worker.url().includes('/engine-worker-'));

/** Nothing is left in the engine's memory when its lock ends; then it is gone, and the next one knows nothing. */
async function lockAndSearch(page: Page, engine: EngineMemory, secrets: string[]): Promise<void> {
  const before = enginesOf(page);
  expect(before).toHaveLength(1);
  const wiped = await engine.atLock(() => lock(page));
  expect(wiped.found).toEqual([]);
  expect(wiped.bytes).toBeGreaterThan(1_000_000);
  await expect
    .poll(() => enginesOf(page).map((worker) => before.includes(worker)))
    .toEqual([false]);
  const next = await engine.look(secrets);
  expect(next.found).toEqual([]);
  expect(next.bytes).toBeGreaterThan(1_000_000);
}

test('the search finds a secret wherever one is planted', async ({ page }) => {
  await page.goto(cloud.pageUrl);
  const search = new LeakSearch(page);
  await page.evaluate(async (token) => {
    localStorage.setItem('planted', token);
    console.info(`planted ${token}`);
    const database = await new Promise<IDBDatabase>((done) => {
      const asked = indexedDB.open('planted', 1);
      asked.onupgradeneeded = () => asked.result.createObjectStore('rows');
      asked.onsuccess = () => done(asked.result);
    });
    await new Promise<void>((done) => {
      const change = database.transaction('rows', 'readwrite');
      change.objectStore('rows').put(new TextEncoder().encode(token), 1);
      change.oncomplete = () => done();
    });
    database.close();
    const memory = new WebAssembly.Memory({ initial: 4 });
    new Uint8Array(memory.buffer).set(new TextEncoder().encode(token), 100_000);
    Object.assign(window, { planted: `in the heap: ${token}`, memory });
  }, TOKEN);
  expect(find([TOKEN], await search.outside()).map(({ where }) => where)).toEqual([
    'requests and console',
    'storage',
  ]);
  expect((await search.memory([TOKEN])).map(({ where }) => where)).toEqual([
    'heap of the page',
    'WebAssembly memory of the page',
  ]);
});

test('the search finds a secret wherever one is planted in the heap of the engine’s worker', async ({
  page,
}) => {
  const heap = await WorkerHeap.of(page);
  await page.goto(watched.server.url);
  await expect(page.getByTestId('vault-name')).toBeVisible();
  expect((await heap.look([TOKEN])).found).toEqual([]);
  for (const how of ['whole', 'pieces'] as const) {
    await heap.plant(TOKEN, how);
    expect((await heap.look([TOKEN])).found).toEqual([TOKEN]);
  }
});

test('nothing of passphrase, recovery words and tokens is in the heap of a worker that locks', async ({
  page,
}) => {
  const heap = await WorkerHeap.of(page);
  await page.goto(watched.server.url);
  const kit = await createVault(page);
  await page.goto(`${watched.server.url}secrets`);
  const secrets = [PASSPHRASE, kit.join(' '), kit.join('-'), ...pairs(kit), TOKEN];

  async function keepAndShow(name: string): Promise<void> {
    await page.getByTestId('secret-add').click();
    await page.getByTestId('secret-name').fill(name);
    await page.getByTestId('secret-value').fill(TOKEN);
    await page.getByTestId('secret-save').click();
    const row = page.locator(`[data-testid="secret-row"][data-secret="${name}"]`);
    await row.getByTestId('secret-show').click();
    await expect(row.getByTestId('secret-shown')).toContainText(TOKEN);
  }
  async function expectNothing(): Promise<void> {
    const looked = await heap.atLock(secrets, () => lock(page));
    expect(looked.found).toEqual([]);
    expect(looked.strings).toBeGreaterThan(1_000);
    // The worker that comes after it knows nothing either.
    expect((await heap.look(secrets)).found).toEqual([]);
  }

  await unlock(page);
  await keepAndShow('render');
  await expectNothing();
  await page.getByTestId('unlock-use-kit').click();
  await page.getByTestId('unlock-kit').fill(kit.join(' '));
  await page.getByTestId('unlock-submit').click();
  await keepAndShow('again');
  await expectNothing();

  // What a worker holds on to would be found at its end, too.
  await unlock(page);
  await expect(inside(page)).toBeVisible();
  await heap.plant(TOKEN, 'pieces');
  expect((await heap.atLock(secrets, () => lock(page))).found).toEqual([TOKEN]);
});

test('passphrase, recovery words and tokens are nowhere once the vault is locked', async ({
  page,
}) => {
  const search = new LeakSearch(page);
  const engine = new EngineMemory(page);
  await page.goto(watched.server.url + new URL(cloud.address).hash);
  const kit = await createVault(page);
  await page.getByTestId('claim-confirm').click();
  await expect(
    page.locator('[data-testid="claim-row"][data-state="claimed"]').first(),
  ).toBeVisible();
  await page.getByTestId('claim-done').click();

  // A token goes through the page, the engine and the node.
  await chooseSource(page, { folder: `${ROOT}/examples/static-site` });
  await page.getByTestId('env-add').click();
  await page.getByTestId('env-name').fill('RENDER_TOKEN');
  await page.getByTestId('env-value').fill(TOKEN);
  await page.getByTestId('deploy-next').click();
  await page.getByTestId('deploy-start').click();
  await expect(page.getByTestId('deploy-done-url')).toBeVisible({ timeout: 120_000 });
  // While the workspace is open the page knows what was typed into it.
  expect(await search.memory([TOKEN])).toEqual([{ secret: TOKEN, where: 'heap of the page' }]);
  // So does the engine, which gives it to the node; passphrase and recovery words never come by it.
  const typed = [PASSPHRASE, kit.join(' '), kit.join('-'), ...pairs(kit)];
  const secrets = [...typed, TOKEN];
  expect((await engine.look(secrets)).found).toEqual([TOKEN]);

  await lockAndSearch(page, engine, secrets);
  await page.getByTestId('unlock-passphrase').fill('not the passphrase');
  await page.getByTestId('unlock-submit').click();
  await expect(page.getByTestId('error-message').first()).toBeVisible();
  await page.getByTestId('unlock-use-kit').click();
  await page.getByTestId('unlock-kit').fill(kit.join(' '));
  await page.getByTestId('unlock-submit').click();
  await expect(inside(page)).toBeVisible();
  expect((await engine.look(secrets)).found).toEqual([TOKEN]);
  await lockAndSearch(page, engine, secrets);
  await unlock(page);
  await lock(page);

  expect(await search.memory(secrets)).toEqual([]);
  const outside = await search.outside();
  // The order to the node carries the token: over the wire to its own node and nowhere else.
  const said = outside.get('requests and console') ?? '';
  const orders = said.split('\n').filter((line) => line.includes(TOKEN));
  for (const line of orders) expect(line).toMatch(/^PUT http:\/\/127\.0\.0\.1:\d+\/v1\/desired /);
  outside.set('requests and console', said.replaceAll(orders[0] ?? '\0', ''));
  expect(find(typed, outside)).toEqual([]);
  expect(find([TOKEN], new Map([...outside].slice(1)))).toEqual([]);
});
