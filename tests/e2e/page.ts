// What tests do on the page, in a person's steps.
import { expect, type Page } from '@playwright/test';
import type { Cloud } from './cloud.ts';

export const PASSPHRASE = 'violet canoe sings at noon';

const SCREENS_OF_THE_VAULT = ['vault-name', 'unlock-passphrase', 'lock', 'topbar-lock'] as const;

/** Opens an address and comes in: through first run on a new device, else by the passphrase. */
export async function visit(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await enter(page);
}

/** To another address of an open page without loading it anew, as its links do; else as `visit`. */
export async function go(page: Page, url: string): Promise<void> {
  const [here, there] = [new URL(page.url()), new URL(url)];
  const elsewhere = here.origin === there.origin && here.pathname !== there.pathname;
  if (!elsewhere || !(await inside(page).isVisible())) return visit(page, url);
  await page.evaluate((path) => history.pushState(null, '', path), there.pathname);
}

export async function reload(page: Page): Promise<void> {
  await page.reload();
  await enter(page);
}

export async function enter(page: Page): Promise<void> {
  const shown = SCREENS_OF_THE_VAULT.map((id) => page.getByTestId(id));
  await expect
    .poll(async () => (await Promise.all(shown.map((one) => one.isVisible()))).some(Boolean))
    .toBe(true);
  if (await page.getByTestId('vault-name').isVisible()) await createVault(page);
  else if (await page.getByTestId('unlock-passphrase').isVisible()) await unlock(page);
}

export async function createVault(page: Page): Promise<string[]> {
  await page.getByTestId('new-passphrase').fill(PASSPHRASE);
  await page.getByTestId('new-passphrase-again').fill(PASSPHRASE);
  await page.getByTestId('first-run-next').click();
  const shown = page.getByTestId('kit-words').getByRole('listitem');
  await expect(shown).toHaveCount(9);
  const kit = (await shown.allInnerTexts()).map((word) => word.replace(/[^a-z]/g, ''));
  await page.getByTestId('first-run-next').click();
  await expect(page.getByTestId('kit-check')).toHaveCount(2);
  for (const field of await page.getByTestId('kit-check').all()) {
    await field.fill(kit[Number(await field.getAttribute('data-word')) - 1] ?? '');
  }
  await page.getByTestId('first-run-next').click();
  await expect(inside(page)).toBeVisible();
  return kit;
}

export async function unlock(page: Page, passphrase = PASSPHRASE): Promise<void> {
  await page.getByTestId('unlock-passphrase').fill(passphrase);
  await page.getByTestId('unlock-submit').click();
  await expect(inside(page)).toBeVisible();
}

/** What only an open workspace shows: the button that locks it, of a wide or a narrow screen. */
export const inside = (page: Page) =>
  page.getByTestId('lock').or(page.getByTestId('topbar-lock')).filter({ visible: true }).first();

/** `address`: of the page, with the claim codes, when another server than the cloud's own serves it. */
export async function claimAll(page: Page, cloud: Cloud, address = cloud.address): Promise<void> {
  await visit(page, address);
  await expect(page.getByTestId('claim-dialog')).toBeVisible();
  expect(page.url()).not.toContain('claim=');
  await page.getByTestId('claim-confirm').click();
  const rows = page.locator('[data-testid="claim-row"]');
  await expect(page.locator('[data-testid="claim-row"][data-state="claimed"]')).toHaveCount(
    await rows.count(),
  );
  await page.getByTestId('claim-done').click();
  await page.getByTestId('nav-nodes').click();
  await expect(page.locator('[data-testid="node-card"][data-state="awake"]')).toHaveCount(
    cloud.nodes.length + 1,
  );
}

export type Source = { folder: string } | { archive: string } | { git: string; ref: string };

export async function chooseSource(page: Page, source: Source): Promise<void> {
  // By its address: the wizard keeps what was begun when it is only left and entered again.
  await visit(page, new URL('/deploy', page.url()).href);
  if ('folder' in source) {
    await page.getByTestId('deploy-folder-input').setInputFiles(source.folder);
  } else if ('archive' in source) {
    await page.getByTestId('deploy-archive-input').setInputFiles(source.archive);
  } else {
    await page.getByTestId('deploy-git-url').fill(source.git);
    await page.getByTestId('deploy-git-ref').fill(source.ref);
  }
  await page.getByTestId('deploy-next').click();
}

export type Settings = { name: string; replicas: number; health?: string };

// Up to the rollout, which has begun when this returns.
export async function startDeploy(page: Page, source: Source, settings: Settings): Promise<void> {
  await chooseSource(page, source);
  await page.getByTestId('deploy-name').fill(settings.name);
  await page.getByTestId('deploy-replicas').fill(String(settings.replicas));
  if (settings.health) await page.getByTestId('deploy-health').fill(settings.health);
  await page.getByTestId('deploy-next').click();
  await expect(page.getByTestId('deploy-plan')).toBeVisible();
  await page.getByTestId('deploy-start').click();
}

export async function deploy(page: Page, source: Source, settings: Settings): Promise<string> {
  await startDeploy(page, source, settings);
  const url = page.getByTestId('deploy-done-url');
  await expect(url).toBeVisible({ timeout: 120_000 });
  return (await url.getAttribute('href')) ?? (await url.innerText()).trim();
}

export async function openApp(page: Page, name: string): Promise<void> {
  await page.getByTestId('nav-apps').click();
  await page.locator(`[data-testid="app-card"][data-app="${name}"]`).click();
  await expect(page.getByTestId('app-state')).toBeVisible();
}

export async function scaleTo(page: Page, replicas: number): Promise<void> {
  await page.getByTestId('app-scale-input').fill(String(replicas));
  await page.getByTestId('app-scale-apply').click();
  await expect(page.getByTestId('app-ready')).toHaveText(`${replicas}/${replicas}`, {
    timeout: 90_000,
  });
}
