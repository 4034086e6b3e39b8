// Connecting an account of a fake provider, as a person does it on the page.
import { expect, type Page } from '@playwright/test';
import type { FakeClouds } from './fake-clouds.ts';
import { go } from './page.ts';

/** Nothing but this machine can be reached: no test may hang on, or leak to, a real provider. */
export const ONLY_THIS_MACHINE = {
  executablePath: process.env.A67_CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1',
  ],
};

export type Place = { page: Page; server: { url: string }; clouds: FakeClouds };
/** `endpoint`: whether the page is told the fake's address; else it goes its own way. */
export type Choice = { endpoint?: boolean };

/** Opens the form of a provider and fills it in, without sending it. */
export async function fillIn(
  { page, server, clouds }: Place,
  provider: string,
  { endpoint = true }: Choice = {},
): Promise<void> {
  await go(page, `${server.url}accounts/connect/${provider}`);
  await expect(page.getByTestId('connect-form')).toBeVisible();
  const fields: Record<string, string> = (await clouds.state())[provider]?.fields ?? {};
  for (const [name, value] of Object.entries(fields)) {
    const input = page.getByTestId(`field-${name}`);
    if ((await input.count()) > 0) await input.fill(value);
  }
  if (!endpoint) return;
  await page.getByTestId('connect-advanced').click();
  await page.getByTestId('connect-endpoint').fill(`${clouds.url}/${provider}`);
}

/** How long it took from the click to a verified account, in milliseconds. */
export async function connect(place: Place, provider: string, choice?: Choice): Promise<number> {
  await fillIn(place, provider, choice);
  const begun = Date.now();
  await place.page.getByTestId('connect-submit').click();
  await expect(place.page.getByTestId('connect-done')).toBeVisible();
  return Date.now() - begun;
}
