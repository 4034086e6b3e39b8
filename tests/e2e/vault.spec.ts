// The vault in a real browser: made, locked, opened in every way, offline, and over two tabs.
import { expect, test, type CDPSession, type Page } from '@playwright/test';
import { Cloud } from './cloud.ts';
import { createVault, enter, inside, PASSPHRASE, unlock } from './page.ts';
import { everythingStored } from './stored.ts';

let cloud: Cloud;
test.beforeAll(async () => {
  cloud = await Cloud.start(1);
});
test.afterAll(() => cloud.stop());

async function setHeartbeat(page: Page, seconds: number): Promise<void> {
  await page.goto(`${cloud.pageUrl}settings`);
  await enter(page);
  await page.getByTestId('settings-heartbeat').fill(String(seconds));
  await page.getByTestId('settings-heartbeat-save').click();
  await expect(page.getByTestId('settings-heartbeat-save')).toBeDisabled();
}

async function expectHeartbeat(page: Page, seconds: number): Promise<void> {
  await page.goto(`${cloud.pageUrl}settings`);
  await enter(page);
  await expect(page.getByTestId('settings-heartbeat')).toHaveValue(String(seconds));
}

const lock = async (page: Page) => {
  await inside(page).click();
  await expect(page.getByTestId('unlock-passphrase')).toBeVisible();
};

test('a vault is made, locked, and opened by passphrase and by the recovery kit', async ({
  page,
}) => {
  await page.goto(cloud.pageUrl);
  const kit = await createVault(page);
  await setHeartbeat(page, 77);
  await lock(page);

  await page.getByTestId('unlock-passphrase').fill('not the passphrase');
  await page.getByTestId('unlock-submit').click();
  await expect(page.getByTestId('error-message').first()).toBeVisible();
  await unlock(page);
  await expectHeartbeat(page, 77);

  await lock(page);
  await page.getByTestId('unlock-use-kit').click();
  await page.getByTestId('unlock-kit').fill(kit.join(' ').toUpperCase());
  await page.getByTestId('unlock-submit').click();
  await expect(inside(page)).toBeVisible();
  await expectHeartbeat(page, 77);
});

test('what is stored shows neither the passphrase nor what is kept', async ({ page }) => {
  await page.goto(cloud.pageUrl);
  const kit = await createVault(page);
  await setHeartbeat(page, 77);
  const dump = await everythingStored(page);
  expect(dump).toContain('My cloud'); // the search finds what lies in the open
  for (const secret of [PASSPHRASE, ...kit, 'heartbeatSeconds', 'meshKey']) {
    expect(dump).not.toContain(secret);
  }
});

test('a passkey opens it', async ({ page }) => {
  const devtools: CDPSession = await page.context().newCDPSession(page);
  await devtools.send('WebAuthn.enable');
  await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
      hasPrf: true,
    } as never,
  });
  await page.goto(cloud.pageUrl);
  await createVault(page);
  await page.goto(`${cloud.pageUrl}settings`);
  await enter(page);
  await page.getByTestId('add-passkey').click();
  await page.getByTestId('passkey-label').fill('Test key');
  await page.getByTestId('proof-passphrase').fill(PASSPHRASE);
  await page.getByTestId('add-passkey-submit').click();
  await expect(
    page.getByTestId('unlock-method').and(page.locator('[data-kind="passkey"]')),
  ).toBeVisible();
  await lock(page);
  await page.getByTestId('unlock-passkey').click();
  await expect(inside(page)).toBeVisible();
});

test('the key is replaced, and everything still opens', async ({ page }) => {
  await page.goto(cloud.pageUrl);
  await createVault(page);
  await setHeartbeat(page, 88);
  await page.getByTestId('rotate').click();
  await expect(
    page.getByTestId('toast').filter({ hasText: 'The vault key was replaced' }),
  ).toBeVisible();
  await lock(page);
  await unlock(page);
  await expectHeartbeat(page, 88);
});

test('another tab follows, and takes over when the first is closed', async ({ page, context }) => {
  await page.goto(cloud.pageUrl);
  await createVault(page);
  await setHeartbeat(page, 99);
  const second = await context.newPage();
  await second.goto(`${cloud.pageUrl}settings`);
  await expect(second.getByTestId('settings-heartbeat')).toHaveValue('99');
  await page.close();
  // The engine went with its tab, and the keys with the engine.
  await unlock(second);
  await expectHeartbeat(second, 99);
});
