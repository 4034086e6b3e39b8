// A backup in a real browser: saved as a file, restored on a new device, then into a vault that went on.
import { readFile } from 'node:fs/promises';
import { expect, test, type Page } from '@playwright/test';
import { Cloud } from './cloud.ts';
import { createVault, enter, inside, PASSPHRASE, unlock } from './page.ts';

let cloud: Cloud;
test.beforeAll(async () => {
  cloud = await Cloud.start(1);
});
test.afterAll(() => cloud.stop());

async function openSettings(page: Page): Promise<void> {
  await page.goto(`${cloud.pageUrl}settings`);
  await enter(page);
}

async function setHeartbeat(page: Page, seconds: number): Promise<void> {
  await page.getByTestId('settings-heartbeat').fill(String(seconds));
  await page.getByTestId('settings-heartbeat-save').click();
  await expect(page.getByTestId('settings-heartbeat-save')).toBeDisabled();
}

const heartbeat = (page: Page) => page.getByTestId('settings-heartbeat');

async function saveBackup(page: Page): Promise<string> {
  const download = page.waitForEvent('download');
  await page.getByTestId('back-up').click();
  const saved = await download;
  expect(saved.suggestedFilename()).toMatch(/^automator67-my-cloud-\d{4}-\d\d-\d\d\.a67backup$/);
  return saved.path();
}

async function openBackup(page: Page, path: string, passphrase = PASSPHRASE): Promise<void> {
  await page.getByTestId('restore-file').setInputFiles(path);
  await page.getByTestId('proof-passphrase').fill(passphrase);
  await page.getByTestId('restore-open').click();
}

test('a backup moves a workspace to a new device, and takes back what was changed', async ({
  page,
  browser,
}) => {
  await page.goto(cloud.pageUrl);
  const kit = await createVault(page);
  await openSettings(page);
  await setHeartbeat(page, 77);
  const path = await saveBackup(page);

  const bytes = (await readFile(path)).toString('latin1');
  expect(bytes).toContain('My cloud'); // the search finds what lies in the open
  for (const secret of [PASSPHRASE, ...kit, 'heartbeatSeconds', 'meshKey', 'identity']) {
    expect(bytes).not.toContain(secret);
  }

  const other = await browser.newContext();
  const second = await other.newPage();
  await second.goto(cloud.pageUrl);
  await second.getByTestId('first-run-restore').click();
  await openBackup(second, path, 'not the passphrase');
  await expect(second.getByTestId('error-message')).toContainText('does not open the backup');
  await openBackup(second, path);
  await expect(second.getByTestId('backup-facts')).toContainText('My cloud');
  await expect(second.getByTestId('backup-diff')).toContainText('Settings');
  await second.getByTestId('restore-submit').click();
  await expect(inside(second)).toBeVisible();
  await openSettings(second); // a reload locks
  await expect(heartbeat(second)).toHaveValue('77');

  await setHeartbeat(second, 88);
  await second.getByTestId('restore').click();
  await openBackup(second, path);
  await expect(second.getByTestId('backup-diff')).toContainText('Nothing would change.');
  await second.getByTestId('restore-replace').click();
  await expect(second.getByTestId('backup-diff')).toContainText('heartbeatSeconds: 88 → 77');
  await second.getByTestId('restore-submit').click();
  await expect(second.getByTestId('restore-dialog')).toBeHidden();
  await expect(heartbeat(second)).toHaveValue('77');
  await second.reload();
  await unlock(second);
  await expect(heartbeat(second)).toHaveValue('77');
  await other.close();
});

test('a file that is no backup changes nothing', async ({ page }) => {
  await page.goto(cloud.pageUrl);
  await page.getByTestId('first-run-restore').click();
  await page.getByTestId('restore-file').setInputFiles({
    name: 'holiday.a67backup',
    mimeType: 'application/octet-stream',
    buffer: Buffer.from('not a backup'),
  });
  await page.getByTestId('proof-passphrase').fill(PASSPHRASE);
  await page.getByTestId('restore-open').click();
  await expect(page.getByTestId('error-message')).toContainText('no backup of Automator67');
  await page.getByTestId('restore-back').click();
  await expect(page.getByTestId('vault-name')).toBeVisible();
});
