// The page served by the person's own server, and providers that answer no page: the server forwards to them, for its
// controller only; for this machine as any static host does; and for a page that lies elsewhere.
import { expect, test, type Page } from '@playwright/test';
import { spawnSync } from 'node:child_process';
import { connect, ONLY_THIS_MACHINE } from './connect.ts';
import { FakeClouds } from './fake-clouds.ts';
import { find } from './leak-search.ts';
import { visit } from './page.ts';
import { PageServer, SYNC_PROGRAM } from './page-server.ts';
import { TlsEdge } from './tls-edge.ts';

// A name of its own that leads to this machine, by https, as where a proxy stands in front of it.
const HOST = 'my.sync.example';

test.use({
  launchOptions: {
    ...ONLY_THIS_MACHINE,
    args: [
      ...ONLY_THIS_MACHINE.args.filter((one) => !one.startsWith('--host-resolver-rules')),
      `--host-resolver-rules=MAP ${HOST} 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1`,
      '--ignore-certificate-errors',
    ],
  },
});

let clouds: FakeClouds;
test.beforeAll(async () => {
  clouds = await FakeClouds.start('off');
});
test.afterAll(() => clouds.stop());

async function claim(page: Page, url: string, code: string): Promise<void> {
  await page.getByTestId('nav-nodes').click();
  await page.getByTestId('claim-open').first().click();
  await page.getByTestId('claim-url').fill(url);
  await page.getByTestId('claim-code').fill(code);
  await page.getByTestId('claim-submit').click();
}

const card = (page: Page) => page.locator('[data-testid="node-card"][data-node="attic-server"]');
const way = (page: Page) => page.getByTestId('transport').first();

async function tokens(): Promise<string[]> {
  const state = await clouds.state();
  return ['render', 'railway'].flatMap((provider) =>
    Object.values(state[provider]?.fields ?? {}).filter((value) => value.length > 12),
  );
}

test('a server that others can reach forwards for who claimed it, and for nobody else', async ({
  page,
}) => {
  const server = await PageServer.start({ forwardTo: clouds.url, hosts: [HOST] });
  const edge = await TlsEdge.start(server.port);
  const url = `https://${HOST}:${edge.port}/`;

  await test.step('before it is claimed it says so, and what to do', async () => {
    await visit(page, `${url}accounts/connect/render`);
    const fields = (await clouds.state()).render?.fields ?? {};
    for (const [name, value] of Object.entries(fields)) {
      const input = page.getByTestId(`field-${name}`);
      if ((await input.count()) > 0) await input.fill(value);
    }
    await page.getByTestId('connect-submit').click();
    await expect(page.getByText(/neither this page's host nor a node of yours/)).toBeVisible();
  });

  await test.step('claimed, it is a node that runs nothing', async () => {
    await claim(page, url, await server.claimCode());
    await expect(card(page)).toHaveAttribute('data-state', 'awake');
    await expect(card(page).getByText('Sync server')).toBeVisible();
    await expect(card(page).getByText('CPU')).toHaveCount(0);
  });

  await test.step('its page goes by its own host, with an order for each request', async () => {
    await connect({ page, server: { url }, clouds }, 'render', { endpoint: false });
    await page.getByTestId('connect-open').click();
    await expect(way(page)).toHaveAttribute('data-transport', 'rewrite');
    await page.getByTestId('account-verify').click();
    await expect(page.getByText(/takes the token/).first()).toBeVisible();
  });

  await test.step('nobody else is forwarded for', async () => {
    const asked = `http://127.0.0.1:${server.port}/via/render/api/v1/owners`;
    const [token = ''] = await tokens();
    const stranger = await fetch(asked, {
      headers: { Authorization: `Bearer ${token}`, 'X-Forwarded-For': '203.0.113.7' },
    });
    expect(stranger.status).toBe(401);
    expect(stranger.headers.get('x-automator67-refusal')).toBe('1');
  });

  const written = await server.everythingWritten();
  expect(written.get('its log')).toMatch(/Relayed render GET: 200 in \d+ ms, request via-\d+\./);
  const secrets = await tokens();
  expect(find(secrets, written)).toEqual([]);
  expect(find(secrets, new Map([['planted', `a ${secrets[0]} b`]]))).toHaveLength(1);
  await edge.stop();
  expect(await server.stop()).toBe(0);
});

test('on this machine it forwards for its page as it is', async ({ page }) => {
  const server = await PageServer.start({ forwardTo: clouds.url });
  await connect({ page, server, clouds }, 'railway', { endpoint: false });
  await page.getByTestId('connect-open').click();
  await expect(way(page)).toHaveAttribute('data-transport', 'rewrite');
  await expect(way(page)).toContainText('The host of this page forwards your requests');
  // The page is the static hosts' page: its engine runs under the same policy.
  const policy = (await (await fetch(server.url)).headers.get('content-security-policy')) ?? '';
  expect(policy).toContain("script-src 'self' 'wasm-unsafe-eval'");
  await server.stop();
});

test('a page that lies elsewhere relays through it', async ({ page }) => {
  const server = await PageServer.start({ forwardTo: clouds.url });
  const elsewhere = await PageServer.start();
  await visit(page, elsewhere.url);
  await claim(page, `http://127.0.0.1:${server.port}`, await server.claimCode());
  await expect(card(page)).toHaveAttribute('data-state', 'awake');
  await connect({ page, server: elsewhere, clouds }, 'railway', { endpoint: false });
  await page.getByTestId('connect-open').click();
  await expect(way(page)).toHaveAttribute('data-transport', 'relay');
  await expect(way(page)).toContainText('attic-server forwards your requests');
  const written = await server.everythingWritten();
  expect(written.get('its log')).toMatch(/Relayed railway POST: 200/);
  expect(find(await tokens(), written)).toEqual([]);
  await elsewhere.stop();
  await server.stop();
});

test('what it cannot do it says, with what to do', () => {
  const run = (...args: string[]) => spawnSync(SYNC_PROGRAM, args, { encoding: 'utf8' });
  expect(run('--help')).toMatchObject({
    status: 0,
    stdout: expect.stringContaining('--host-name'),
  });
  expect(run('--version').stdout).toMatch(/^automator67-sync \d+\.\d+\.\d+\n$/);
  expect(run('--nonsense', '1')).toMatchObject({
    status: 2,
    stderr: 'automator67-sync: --nonsense is no option.\n  See automator67-sync --help.\n',
  });
  const none = run('--page', '/nowhere');
  expect(none.status).toBe(3);
  expect(none.stderr).toContain('/nowhere holds no index.html.');
  expect(none.stderr).toContain('scripts/build-page');
});
