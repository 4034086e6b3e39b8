// Nodes and services at providers, for real: the fakes are told to run something, it is run as they were told
// (provider-machines.ts) and reached by its https address. Afterwards nothing is left anywhere.
import { expect, test as base, type Page } from '@playwright/test';
import { join } from 'node:path';
import { freePorts, ROOT } from './cloud.ts';
import { connect } from './connect.ts';
import { FakeClouds } from './fake-clouds.ts';
import { deploy, openApp, reload } from './page.ts';
import { PageServer } from './page-server.ts';
import { hostRules, ProviderMachines } from './provider-machines.ts';

const IMAGE = 'docker.io/example/automator67-node:1';
const NODE = 'a67-node';
const MADE_WITHIN_MS = 60_000;

// Where the providers' names lead to: nothing but this machine can be reached.
const test = base.extend<object, { edge: number }>({
  // Playwright reads the names of what it needs: it must be a pattern.
  // eslint-disable-next-line no-empty-pattern
  edge: [async ({}, use) => use(await freePorts(1)), { scope: 'worker' }],
  launchOptions: [
    async ({ edge }, use) => {
      await use({
        executablePath: process.env.A67_CHROMIUM ?? '/usr/bin/chromium',
        args: [
          '--no-sandbox',
          '--disable-gpu',
          '--ignore-certificate-errors',
          `--host-resolver-rules=${hostRules(edge)}, MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1`,
        ],
      });
    },
    { scope: 'worker' },
  ],
});

let clouds: FakeClouds;
let server: PageServer;
let machines: ProviderMachines;

test.beforeEach(async ({ edge }) => {
  clouds = await FakeClouds.start();
  server = await PageServer.start();
  machines = await ProviderMachines.start(clouds, edge);
});
test.afterEach(async () => {
  const info = test.info();
  if (info.status !== info.expectedStatus) console.log(machines.log);
  await machines.stop();
  await server.stop();
  await clouds.stop();
});

async function openResources(page: Page, provider: string): Promise<void> {
  await page.getByTestId('nav-accounts').click();
  await page
    .getByTestId('account-row')
    .filter({ hasText: new RegExp(provider, 'i') })
    .click();
  await page.getByRole('tab', { name: 'At the provider' }).click();
}

const services = (page: Page) => page.locator('[data-testid="resource-list"][data-kind="service"]');

async function begin(page: Page, name: string): Promise<void> {
  await services(page).getByTestId('resource-new').click();
  await page.getByTestId('new-resource-name').fill(name);
}

async function beginNode(page: Page): Promise<void> {
  await begin(page, NODE);
  await page.getByTestId('new-service-what').selectOption('node');
  await page.getByTestId('new-service-image').fill(IMAGE);
  await page.getByTestId('new-resource-make').click();
}

/** Sends the form and waits until what it makes is in the list. */
async function finish(page: Page, name: string): Promise<void> {
  await expect(page.getByTestId('new-resource-dialog')).toHaveCount(0, { timeout: MADE_WITHIN_MS });
  await expect(services(page).getByTestId('resource-row').filter({ hasText: name })).toBeVisible();
}

async function remove(page: Page, name: string): Promise<void> {
  const row = services(page).getByTestId('resource-row').filter({ hasText: name });
  await row.getByTestId('resource-remove').click();
  await page.getByTestId('confirm-name').fill(name);
  await page.getByTestId('confirm-yes').click();
  await expect(row).toHaveCount(0);
}

async function removeApp(page: Page, name: string): Promise<void> {
  await openApp(page, name);
  await page.getByTestId('app-remove').click();
  await page.getByTestId('confirm-name').fill(name);
  await page.getByTestId('confirm-yes').click();
  await expect(page.locator(`[data-testid="app-card"][data-app="${name}"]`)).toHaveCount(0);
}

const nodeCards = (page: Page) => page.getByTestId('node-card');

/** What is at an address, as another tab of the same browser sees it. */
async function look(page: Page, url: string): Promise<{ status: number; text: string }> {
  const tab = await page.context().newPage();
  const answer = await tab.goto(url);
  const seen = { status: answer?.status() ?? 0, text: await tab.locator('body').innerText() };
  await tab.close();
  await page.bringToFront();
  return seen;
}

for (const provider of ['render', 'railway', 'fly', 'koyeb']) {
  test(`${provider} runs a node that is claimed by itself, and the guestbook on it; then nothing is left`, async ({
    page,
  }) => {
    await connect({ page, server, clouds }, provider);
    await openResources(page, provider);
    const begun = Date.now();
    await beginNode(page);
    await expect(page.getByTestId('making-step')).toBeVisible();
    await finish(page, NODE);
    console.log(`${provider}: a node made and claimed in ${Date.now() - begun} ms`);
    const [service] = await clouds.running(provider);
    const address = service?.url ?? '';
    expect(address).toMatch(/^https:/);

    await page.getByTestId('nav-nodes').click();
    await expect(nodeCards(page)).toHaveCount(1);
    await expect(nodeCards(page)).toHaveAttribute('data-state', 'awake');
    await expect(nodeCards(page)).toContainText(NODE);
    // The code is of no more use, and was told to nobody but the service.
    const code = service?.env.A67_CLAIM_CODE ?? '';
    expect(code).toMatch(/^[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}$/);
    expect(machines.log).not.toContain(code);
    expect(await page.content()).not.toContain(code);

    const url = await deploy(
      page,
      { folder: join(ROOT, 'examples/guestbook') },
      { name: 'guestbook', replicas: 1, health: '/healthz' },
    );
    expect(url).toBe(`${address}/@guestbook/`);
    expect((await look(page, url)).status).toBe(200);
    expect((await look(page, `${url}api/messages`)).text).toContain('"replica":"guestbook-r1-');

    await removeApp(page, 'guestbook');
    await openResources(page, provider);
    await remove(page, NODE);
    await expect.poll(() => clouds.leftovers()).toEqual([]);
    await page.getByTestId('nav-nodes').click();
    await expect(nodeCards(page)).toHaveCount(0);
    await expect(page.getByTestId('made-nodes')).toHaveCount(0);
  });
}

const NATIVE: Readonly<Record<string, (page: Page) => Promise<void>>> = {
  render: fromGit,
  railway: fromGit,
  koyeb: fromGit,
  // Fly builds nothing: it runs images.
  fly: async (page) => {
    await page.getByTestId('new-service-image').fill('docker.io/example/guestbook:1');
  },
};

async function fromGit(page: Page): Promise<void> {
  await page.getByTestId('new-service-source').selectOption('git');
  await page.getByTestId('new-service-repo').fill('https://github.com/example/automator67');
  await page.getByTestId('new-service-root').fill('examples/guestbook');
  await page.getByTestId('new-service-runtime').fill('node');
  await page.getByTestId('new-service-build').fill('npm ci');
  await page.getByTestId('new-service-start').fill('node server.js');
}

for (const [provider, fill] of Object.entries(NATIVE)) {
  test(`${provider} runs the guestbook as its own service, and deletes it again`, async ({
    page,
  }) => {
    // Building it takes a while: really run at one of them.
    machines.held = provider !== 'render';
    await connect({ page, server, clouds }, provider);
    await openResources(page, provider);
    await begin(page, 'guestbook');
    await fill(page);
    await page.getByTestId('new-resource-make').click();
    await finish(page, 'guestbook');
    const [service] = await clouds.running(provider);
    expect(service?.source).toMatchObject(
      provider === 'fly'
        ? { image: 'docker.io/example/guestbook:1' }
        : { root: 'examples/guestbook', build: 'npm ci', start: 'node server.js' },
    );
    if (provider === 'render') {
      const health = async () => (await look(page, `${service?.url}/healthz`)).text;
      await expect.poll(health, { timeout: 90_000, intervals: [1_000] }).toBe('ok');
    }
    await remove(page, 'guestbook');
    await expect.poll(() => clouds.leftovers()).toEqual([]);
  });
}

test('the page closed in the middle, the node is still claimed by itself', async ({ page }) => {
  machines.held = true;
  await connect({ page, server, clouds }, 'render');
  await openResources(page, 'render');
  await beginNode(page);
  await expect.poll(() => clouds.running('render')).toHaveLength(1);
  await reload(page);
  await page.getByTestId('nav-nodes').click();
  await expect(page.getByTestId('made-row')).toContainText(NODE);
  machines.held = false;
  await expect(nodeCards(page)).toHaveAttribute('data-state', 'awake', { timeout: MADE_WITHIN_MS });
  await expect(page.getByTestId('made-row')).toHaveCount(0);
  expect(await clouds.running('render')).toHaveLength(1);
});

test('a node that does not come is stopped, and its service is removed', async ({ page }) => {
  machines.held = true;
  await connect({ page, server, clouds }, 'render');
  await openResources(page, 'render');

  await test.step('by cancelling the form', async () => {
    await beginNode(page);
    await expect.poll(() => clouds.running('render')).toHaveLength(1);
    await page.getByTestId('new-resource-dialog').getByRole('button', { name: 'Cancel' }).click();
    await expect.poll(() => clouds.leftovers()).toEqual([]);
  });

  await test.step('on the page of nodes, after a reload', async () => {
    await reload(page);
    await openResources(page, 'render');
    await beginNode(page);
    await expect.poll(() => clouds.running('render')).toHaveLength(1);
    await reload(page);
    await page.getByTestId('nav-nodes').click();
    await page.getByTestId('made-remove').click();
    await page.getByTestId('confirm-yes').click();
    await expect(page.getByTestId('made-nodes')).toHaveCount(0);
    expect(await clouds.leftovers()).toEqual([]);
  });
});
