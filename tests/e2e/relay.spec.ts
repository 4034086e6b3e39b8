// Providers that answer no page, a page whose host forwards nothing, and a node of the person's own that does.
// Afterwards the tokens that went through it are looked for in whatever the node wrote.
import { expect, test } from '@playwright/test';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Cloud } from './cloud.ts';
import { connect, ONLY_THIS_MACHINE } from './connect.ts';
import { FakeClouds } from './fake-clouds.ts';
import { find, LeakSearch } from './leak-search.ts';
import { claimAll, visit } from './page.ts';
import { PageServer } from './page-server.ts';
import { killFamily } from './processes.ts';

test.use({ launchOptions: ONLY_THIS_MACHINE });

const RELAYED = ['render', 'railway', 'fly', 'netlify', 'atlas', 'neon'];

let clouds: FakeClouds;
let cloud: Cloud;
let server: PageServer;
test.beforeAll(async () => {
  clouds = await FakeClouds.start('off');
  cloud = await Cloud.start(1, { A67_FORWARD_TO: clouds.url });
  server = await PageServer.start();
});
test.afterAll(async () => {
  await server.stop();
  await cloud.stop();
  await clouds.stop();
});

/** Every file the nodes keep, their logs included, and what scripts/up said. */
async function everythingWritten(): Promise<Map<string, string>> {
  const files = await readdir(cloud.dataDir, { recursive: true, withFileTypes: true });
  const texts = new Map([['scripts/up', cloud.log]]);
  for (const file of files.filter((one) => one.isFile())) {
    const path = join(file.parentPath, file.name);
    texts.set(path, await readFile(path, 'latin1'));
  }
  return texts;
}

async function tokens(): Promise<string[]> {
  const state = await clouds.state();
  return RELAYED.flatMap((provider) => Object.values(state[provider]?.fields ?? {})).filter(
    (value) => value.length > 12,
  );
}

test('providers that answer no page are reached over a node, which writes nothing of it down', async ({
  page,
}) => {
  const search = new LeakSearch(page);
  await claimAll(page, cloud, server.url + new URL(cloud.address).hash);
  for (const provider of RELAYED) {
    await test.step(provider, async () => {
      await connect({ page, server, clouds }, provider, { endpoint: false });
      await page.getByTestId('connect-open').click();
      const way = page.getByTestId('transport').first();
      await expect(way).toHaveAttribute('data-transport', 'relay');
      await expect(way).toContainText(
        /\S+ forwards your requests, and sees them and the token in them\./,
      );
      await page.getByTestId('account-verify').click();
      await expect(page.getByText(/takes the token/).first()).toBeVisible();
    });
  }

  // Something is made and deleted again through it.
  await page.goto(`${server.url}accounts/render`);
  await visit(page, page.url());
  await page.getByRole('tab', { name: 'At the provider' }).click();
  const services = page.locator('[data-testid="resource-list"][data-kind="service"]');
  await services.getByTestId('resource-new').click();
  await page.getByTestId('new-resource-name').fill('guestbook');
  await page.getByTestId('new-service-image').fill('docker.io/example/guestbook:1');
  await page.getByTestId('new-resource-make').click();
  const row = services.getByTestId('resource-row').filter({ hasText: 'guestbook' });
  await expect(row).toBeVisible();
  expect(await clouds.leftovers()).toEqual(['render']);
  await row.getByTestId('resource-remove').click();
  const dialog = page.getByTestId('remove-resource-dialog');
  await dialog.getByRole('textbox').fill('guestbook');
  await dialog.getByRole('button', { name: /^Remove/ }).click();
  await expect(row).toHaveCount(0);
  await expect.poll(() => clouds.leftovers()).toEqual([]);

  // The search would find one: it finds one that is planted, and it reads the log of the requests.
  const secrets = await tokens();
  expect(secrets.length).toBeGreaterThanOrEqual(RELAYED.length);
  const planted = join(cloud.node('node-1').dataDir, 'planted');
  await writeFile(planted, `before ${secrets[0]} after`);
  expect(find(secrets, await everythingWritten())).toEqual([
    { secret: secrets[0], where: planted },
  ]);
  await writeFile(planted, '');
  const written = await everythingWritten();
  for (const provider of RELAYED) {
    expect([...written.values()].join('\n')).toMatch(
      new RegExp(`Relayed ${provider} (GET|POST): 200 in \\d+ ms, request [0-9a-z]+\\.`),
    );
  }
  expect(find(secrets, written)).toEqual([]);

  // On the way a token is in the bodies of orders to a node, and nowhere else.
  const said = (await search.outside()).get('requests and console') ?? '';
  for (const line of said.split('\n')) {
    const found = secrets.filter((secret) => line.includes(secret));
    if (found.length > 0) expect(line).toMatch(/^POST http:\/\/127\.0\.0\.1:\d+\/v1\/relay /);
  }

  await test.step('a node that is gone is named, with what to do', async () => {
    await page.getByRole('tab', { name: 'Overview' }).click();
    await page.getByTestId('account-change').click();
    await page.getByTestId('connect-transport').selectOption('relay');
    await page.getByTestId('connect-relay').selectOption({ label: 'node-1' });
    await expect(
      page.getByTestId('change-account-dialog').getByText(/^node-1 forwards your requests/),
    ).toBeVisible();
    await page.getByTestId('change-account-save').click();
    await expect(page.getByTestId('transport').first()).toContainText('node-1');
    killFamily(cloud.node('node-1'));
    await page.getByTestId('account-verify').click();
    await expect(page.getByText(/node-1, which forwards for this account/).first()).toBeVisible();
    await expect(page.getByText(/Choose another way for this account/).first()).toBeVisible();
    await expect(page.getByTestId('account-state')).toHaveAttribute('data-state', 'ok');
  });
});
