// What the vault keeps besides the state, in a real browser: changes that are taken back, the audit log, single
// secrets, and workspaces side by side.
import { expect, test, type Locator, type Page } from '@playwright/test';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Cloud, ROOT } from './cloud.ts';
import {
  claimAll,
  createVault,
  deploy,
  enter,
  inside,
  openApp,
  PASSPHRASE,
  reload,
  scaleTo,
  unlock,
  visit,
} from './page.ts';
import { everythingStored } from './stored.ts';

const SECRET = 'rnd_PLANTED_9f2c7a41d0';

let cloud: Cloud;
test.beforeAll(async () => {
  cloud = await Cloud.start(2);
});
test.afterAll(() => cloud.stop());

/** The sidebar has it and the phone's bar has it; one of them is seen. */
const seen = (page: Page, id: string): Locator =>
  page.getByTestId(id).filter({ visible: true }).first();

async function setHeartbeat(page: Page, seconds: number): Promise<void> {
  await page.getByTestId('settings-heartbeat').fill(String(seconds));
  await page.getByTestId('settings-heartbeat-save').click();
  await expect(page.getByTestId('settings-heartbeat-save')).toBeDisabled();
}

const changed = (page: Page, words: string): Locator =>
  page.getByTestId('history-row').filter({ hasText: words }).first();

async function takeBack(page: Page, words: string): Promise<void> {
  await changed(page, words).getByTestId('history-undo').click();
  await page.getByTestId('confirm-yes').click();
  await expect(
    page.getByTestId('toast').filter({ hasText: 'The change was taken back.' }).first(),
  ).toBeVisible({ timeout: 90_000 });
}

test('changes of an app and of the settings are listed and taken back, and the audit log has all of it', async ({
  page,
}) => {
  await claimAll(page, cloud);
  await deploy(page, { folder: join(ROOT, 'examples/static-site') }, { name: 'site', replicas: 1 });
  await openApp(page, 'site');
  await scaleTo(page, 2);

  await page.getByTestId('tab-history').click();
  await expect(changed(page, 'Replicas 1 → 2')).toContainText('This device');
  await expect(changed(page, 'Created with 1 replica')).toBeVisible();
  await takeBack(page, 'Replicas 1 → 2');
  await expect(page.getByTestId('app-ready')).toHaveText('1/1');
  await expect(changed(page, 'Replicas 2 → 1')).toBeVisible();

  await page.getByTestId('nav-settings').click();
  await setHeartbeat(page, 77);
  await expect(changed(page, 'Heartbeat 30 s → 77 s')).toBeVisible();
  await takeBack(page, 'Heartbeat 30 s → 77 s');
  await expect(page.getByTestId('settings-heartbeat')).toHaveValue('30');
  await setHeartbeat(page, 88);
  await page.getByTestId('toast-undo').last().click();
  await expect(page.getByTestId('settings-heartbeat')).toHaveValue('30');

  await page.getByTestId('nav-activity').click();
  await page.getByTestId('tab-audit').click();
  const rows = page.getByTestId('audit-row');
  await expect(rows.filter({ hasText: 'history.undo' }).last()).toContainText('app/site');
  await expect(rows.filter({ hasText: 'history.undo' }).first()).toContainText('settings');
  await page.getByTestId('audit-filter').fill('vault.create');
  await expect(rows).toHaveCount(1);
  await expect(rows).toHaveAttribute('data-outcome', 'done');
  await page.getByTestId('audit-verify').click();
  await expect(page.getByTestId('audit-verdict')).toHaveAttribute('data-intact', 'true');
  await expect(page.getByTestId('audit-verdict')).toContainText('Intact: all');

  const downloading = page.waitForEvent('download');
  await page.getByTestId('audit-export').click();
  const saved = await downloading;
  expect(saved.suggestedFilename()).toMatch(/^automator67-audit-.*\.jsonl$/);
  const text = await readFile(await saved.path(), 'utf8');
  const lines = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { command: string; target: string; outcome: string });
  const commands = lines.map(({ command }) => command);
  expect(commands[0]).toBe('vault.create');
  for (const one of ['node.claim', 'app.deploy', 'app.scale', 'history.undo', 'settings.set']) {
    expect(commands).toContain(one);
  }
  expect(text).not.toContain(PASSPHRASE);
});

test('a secret is kept sealed over a reload, shown when asked, removed and brought back', async ({
  page,
}) => {
  await visit(page, `${cloud.pageUrl}secrets`);
  await page.getByTestId('secret-add').click();
  await page.getByTestId('secret-name').fill('render-token');
  await page.getByTestId('secret-value').fill(SECRET);
  await page.getByTestId('secret-note').fill('for Render');
  await page.getByTestId('secret-expires').fill('2020-01-01');
  await page.getByTestId('secret-save').click();
  await expect(page.getByTestId('secret-row')).toContainText('Replace now');

  const dump = await everythingStored(page);
  expect(dump).toContain('My cloud'); // the search finds what lies in the open
  expect(dump).not.toContain(SECRET);
  expect(dump).not.toContain('for Render');

  await reload(page);
  await expect(page.getByTestId('secret-row')).toContainText('never used');
  expect(await page.content()).not.toContain(SECRET);
  await page.getByTestId('secret-show').click();
  await expect(page.getByTestId('secret-shown')).toHaveText(SECRET);
  await page.getByTestId('secret-show').click();
  await expect(page.getByTestId('secret-shown')).toHaveCount(0);
  await expect(page.getByTestId('secret-row')).not.toContainText('never used');

  await page.getByTestId('nav-overview').click();
  await expect(page.getByTestId('due-notice')).toContainText('render-token');
  await page.getByTestId('nav-secrets').click();

  await page.getByTestId('secret-actions').click();
  await page.getByTestId('secret-remove').click();
  await page.getByTestId('confirm-yes').click();
  await expect(page.getByTestId('secret-row')).toHaveCount(0);
  await page.getByTestId('toast-undo').click();
  await expect(page.getByTestId('secret-row')).toContainText('render-token');
  await page.getByTestId('secret-show').click();
  await expect(page.getByTestId('secret-shown')).toHaveText(SECRET);
});

test('a second workspace is made, both are opened in turn, and one is erased', async ({
  page,
  context,
}) => {
  await visit(page, `${cloud.pageUrl}settings`);
  await setHeartbeat(page, 77);
  const other = await context.newPage();
  await other.goto(`${cloud.pageUrl}settings`);
  await enter(other);

  await seen(page, 'workspace-menu').click();
  await page.getByTestId('workspace-new').click();
  await expect(page.getByTestId('vault-name')).toBeVisible();
  await expect(page.getByTestId('workspace-item')).toContainText('Back to My cloud');
  // Every tab goes along: they share one engine.
  await expect(other.getByTestId('vault-name')).toBeVisible();
  await page.getByTestId('workspace-item').click();
  await expect(page.getByTestId('unlock-passphrase')).toBeVisible();
  await page.getByTestId('workspace-new').click();
  await page.getByTestId('vault-name').fill('Second');
  await createVault(page);
  await expect(seen(page, 'workspace-menu')).toContainText('Second');
  await page.getByTestId('nav-settings').click();
  await expect(page.getByTestId('settings-heartbeat')).toHaveValue('30');

  // A reload stays in it.
  await page.reload();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Unlock Second');
  await unlock(page);

  // From the tab without the engine, to the first one and back.
  await unlockIfLocked(other);
  await seen(other, 'workspace-menu').click();
  await other.getByTestId('workspace-item').filter({ hasText: 'My cloud' }).click();
  await expect(other.getByRole('heading', { level: 1 })).toHaveText('Unlock My cloud');
  await unlock(other);
  await expect(seen(page, 'workspace-menu')).toContainText('My cloud');
  await page.getByTestId('nav-settings').click();
  await expect(page.getByTestId('settings-heartbeat')).toHaveValue('77');
  await other.close();
  await enter(page);

  await seen(page, 'workspace-menu').click();
  await page.getByTestId('workspace-item').filter({ hasText: 'Second' }).click();
  await unlock(page);
  await page.getByTestId('nav-settings').click();
  await page.getByTestId('erase-workspace').click();
  await page.getByTestId('confirm-name').fill('Second');
  await page.getByTestId('confirm-yes').click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Unlock My cloud');
  await expect(page.getByTestId('workspace-item')).toHaveCount(0);
  expect(await everythingStored(page)).not.toContain('Second');
  await unlock(page);
  await expect(inside(page)).toBeVisible();
  await page.getByTestId('nav-settings').click();
  await expect(page.getByTestId('settings-heartbeat')).toHaveValue('77');
});

async function unlockIfLocked(page: Page): Promise<void> {
  await expect(page.getByTestId('unlock-passphrase').or(inside(page)).first()).toBeVisible();
  if (await page.getByTestId('unlock-passphrase').isVisible()) await unlock(page);
}
