// Accounts at providers: every one connected by its token, three by signing in, over every transport a page has; things
// made there and deleted again. The providers are the strict fakes, over real HTTP.
import { expect, test, type BrowserContext, type Page } from '@playwright/test';
import { join } from 'node:path';
import { ROOT } from './cloud.ts';
import { connect, fillIn, ONLY_THIS_MACHINE } from './connect.ts';
import { FakeClouds } from './fake-clouds.ts';
import { PageServer } from './page-server.ts';
import { visit } from './page.ts';

test.use({ launchOptions: ONLY_THIS_MACHINE });

let clouds: FakeClouds;
let server: PageServer;

async function start(cors: 'on' | 'off' = 'on'): Promise<void> {
  clouds = await FakeClouds.start(cors);
  server = await PageServer.start({ forwardTo: clouds.url });
}
test.afterEach(async () => {
  await server.stop();
  await clouds.stop();
});

/** The secrets of every fake: none may ever be in an address. */
async function watchAddresses(context: BrowserContext): Promise<() => Promise<void>> {
  const seen: string[] = [];
  context.on('request', (request) => seen.push(request.url()));
  return async () => {
    const tokens = Object.values(await clouds.state()).map(({ fields }) => fields.token ?? '');
    for (const token of tokens.filter((one) => one.length > 8)) {
      expect(seen.filter((url) => url.includes(token))).toEqual([]);
    }
  };
}

test('every provider is connected by its token, verified at once, and forgotten', async ({
  context,
  page,
}) => {
  await start();
  const checkAddresses = await watchAddresses(context);
  await visit(page, server.url);
  const providers = Object.keys(await clouds.state());
  expect(providers.length).toBeGreaterThanOrEqual(17);
  for (const provider of providers) {
    await test.step(provider, async () => {
      const took = await connect({ page, server, clouds }, provider);
      await page.getByTestId('connect-open').click();
      await expect(page.getByTestId('account-state')).toHaveAttribute('data-state', 'ok');
      console.log(`${provider}: verified ${took} ms after it was sent`);
    });
  }
  await page.getByTestId('nav-accounts').click();
  await expect(page.getByTestId('account-row')).toHaveCount(providers.length);
  await checkAddresses();
  expect(await clouds.leftovers()).toEqual([]);
});

test('a wrong token is refused in the provider’s words, and nothing is kept', async ({ page }) => {
  await start();
  await fillIn({ page, server, clouds }, 'render');
  await page.getByTestId('field-token').fill('rnd_wrong_0123456789');
  await page.getByTestId('connect-submit').click();
  await expect(page.getByText('Render answered 401')).toBeVisible();
  await page.getByTestId('nav-accounts').click();
  await expect(page.getByTestId('account-row')).toHaveCount(0);
});

test('a provider that answers no page is reached through the page’s host, and the page says so', async ({
  page,
}) => {
  await start('off');
  await connect({ page, server, clouds }, 'render', { endpoint: false });
  await page.getByTestId('connect-open').click();
  await expect(page.getByTestId('transport').first()).toContainText(/page/i);
  await page.getByTestId('account-verify').click();
  await expect(page.getByText('Render takes the token')).toBeVisible();
});

const SIGN_INS = [
  { provider: 'netlify', page: 'https://app.netlify.com/authorize' },
  { provider: 'vercel', page: 'https://vercel.com/oauth/authorize' },
  { provider: 'railway', page: 'https://backboard.railway.com/oauth/auth' },
];

for (const signIn of SIGN_INS) {
  test(`one signs in at ${signIn.provider} in a window of its own, and no token is in its history`, async ({
    context,
    page,
  }) => {
    await start();
    // The provider's page, where the person agrees at once.
    await context.route(`${signIn.page}*`, (route) =>
      route.fulfill({
        status: 302,
        headers: {
          location: `${clouds.url}/${signIn.provider}/sign-in${new URL(route.request().url()).search}`,
        },
      }),
    );
    await fillIn({ page, server, clouds }, signIn.provider);
    await page.getByRole('tab', { name: /sign in/i }).click();
    await page.getByTestId('connect-client').fill('client-of-this-page');
    const opened = context.waitForEvent('page');
    await page.getByTestId('connect-submit').click();
    const popup = await opened;
    await expect(page.getByTestId('connect-done')).toBeVisible();
    expect(popup.url()).not.toContain('access_token');
    expect(popup.url()).not.toContain('code=');
    await page.bringToFront(); // behind another window a page draws once a second
    await page.getByTestId('connect-open').click();
    await expect(page.getByTestId('account-state')).toHaveAttribute('data-state', 'ok');
  });
}

async function openResources(page: Page): Promise<void> {
  await page.getByTestId('connect-open').click();
  await page.getByRole('tab', { name: 'At the provider' }).click();
}

async function make(
  page: Page,
  kind: string,
  name: string,
  fill: () => Promise<void>,
): Promise<void> {
  const list = page.locator(`[data-testid="resource-list"][data-kind="${kind}"]`);
  await list.getByTestId('resource-new').click();
  await page.getByTestId('new-resource-name').fill(name);
  await fill();
  await page.getByTestId('new-resource-make').click();
  await expect(list.getByTestId('resource-row').filter({ hasText: name })).toBeVisible();
  await expect(page.getByTestId('new-resource-dialog')).toHaveCount(0);
}

async function remove(page: Page, name: string): Promise<void> {
  const row = page.getByTestId('resource-row').filter({ hasText: name });
  await row.getByTestId('resource-remove').click();
  const dialog = page.getByTestId('remove-resource-dialog');
  await dialog.getByRole('textbox').fill(name);
  await dialog.getByRole('button', { name: /^Remove/ }).click();
  await expect(row).toHaveCount(0);
}

for (const provider of ['netlify', 'vercel']) {
  test(`${provider} publishes the static example and deletes it again`, async ({ page }) => {
    await start();
    await connect({ page, server, clouds }, provider);
    await openResources(page);
    await make(page, 'site', 'a67-example', async () => {
      await page.getByTestId('new-site-folder').setInputFiles(join(ROOT, 'examples/static-site'));
    });
    expect(await clouds.leftovers()).toEqual([provider]);
    await remove(page, 'a67-example');
    await expect.poll(() => clouds.leftovers()).toEqual([]);
  });
}

test('what a refused creation left is named, and its button takes it away', async ({ page }) => {
  await start();
  await connect({ page, server, clouds }, 'koyeb');
  await openResources(page);
  // The app is made, its service is refused, and so is the way back.
  await clouds.refuse('koyeb', { after: 1, message: 'Add a card to go on' });
  const list = page.locator('[data-testid="resource-list"][data-kind="service"]');
  await list.getByTestId('resource-new').click();
  await page.getByTestId('new-resource-name').fill('guestbook');
  await page.getByTestId('new-service-image').fill('docker.io/example/guestbook:1');
  await page.getByTestId('new-resource-make').click();
  await expect(page.getByText('Add a card to go on')).toBeVisible();
  const left = page.getByTestId('left-behind');
  await expect(left).toContainText('The service guestbook was left behind.');
  expect(await clouds.leftovers()).toEqual(['koyeb']);
  await clouds.allow('koyeb');
  await left.getByTestId('left-remove').click();
  const dialog = page.getByTestId('remove-resource-dialog');
  await dialog.getByRole('textbox').fill('guestbook');
  await dialog.getByRole('button', { name: /^Remove/ }).click();
  await expect(left).toContainText('The service guestbook was removed.');
  await expect.poll(() => clouds.leftovers()).toEqual([]);
});

test('the objects of a bucket are shown in folders, taken, put and deleted, on a phone', async ({
  page,
}) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await start();
  await connect({ page, server, clouds }, 'firebase');
  await openResources(page);
  await make(page, 'bucket', 'a67-photos', () => Promise.resolve());
  await page.getByTestId('resource-open').filter({ hasText: 'a67-photos' }).click();
  await expect(page.getByText('The bucket is empty')).toBeVisible();
  await page.getByTestId('object-files').setInputFiles([
    { name: 'one.txt', mimeType: 'text/plain', buffer: Buffer.from('hello') },
    { name: 'two.txt', mimeType: 'text/plain', buffer: Buffer.from('again') },
  ]);
  await expect(page.getByTestId('object-row')).toHaveCount(2);
  await expect(page.getByTestId('object-row').first()).toContainText('5 B');
  const coming = page.waitForEvent('download');
  await page.getByTestId('object-download').first().click();
  expect((await coming).suggestedFilename()).toBe('one.txt');
  for (let left = 1; left >= 0; left -= 1) {
    await page.getByTestId('object-remove').first().click();
    await page.getByTestId('remove-stored-dialog').getByTestId('confirm-yes').click();
    await expect(page.getByTestId('object-row')).toHaveCount(left);
  }
  // Nothing is wider than the phone.
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(overflow).toBeLessThanOrEqual(0);
  await page.getByTestId('stored-account').click();
  await remove(page, 'a67-photos');
  await expect.poll(() => clouds.leftovers()).toEqual([]);
});

test('a second account goes on from the same sign-in, and the client id is remembered', async ({
  context,
  page,
}) => {
  await start();
  const [signIn] = SIGN_INS;
  if (!signIn) throw new Error('Nobody signs in.');
  let windows = 0;
  await context.route(`${signIn.page}*`, (route) => {
    windows += 1;
    return route.fulfill({
      status: 302,
      headers: {
        location: `${clouds.url}/${signIn.provider}/sign-in${new URL(route.request().url()).search}`,
      },
    });
  });
  await connect({ page, server, clouds }, signIn.provider);
  await fillIn({ page, server, clouds }, signIn.provider);
  await page.getByRole('tab', { name: /sign in/i }).click();
  await page.getByTestId('connect-client').fill('client-of-this-page');
  await page.getByTestId('connect-submit').click();
  const second = page.getByTestId('second-account');
  await page.bringToFront();
  await expect(second).toContainText('There is an account');
  await second.getByRole('checkbox').check();
  await page.getByTestId('connect-submit').click();
  await expect(page.getByTestId('connect-done')).toBeVisible();
  expect(windows).toBe(1);
  await fillIn({ page, server, clouds }, signIn.provider);
  await page.getByRole('tab', { name: /sign in/i }).click();
  await expect(page.getByTestId('connect-client')).toHaveValue('client-of-this-page');
});
