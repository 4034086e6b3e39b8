// The renderer is killed in the middle of writing, again and again: what was acknowledged is there
// afterwards, and the vault opens.
import { expect, test, type Page } from '@playwright/test';
import { Cloud } from './cloud.ts';
import { createVault, enter, unlock } from './page.ts';

// Each takes some seconds; 100 and more by hand.
const KILLS = Number(process.env.A67_KILLS ?? 12);
const SEED = Number(process.env.A67_SEED ?? 20261125);

let cloud: Cloud;
test.beforeAll(async () => {
  cloud = await Cloud.start(1);
});
test.afterAll(() => cloud.stop());

/** Numbers in [0, 1), the same for the same seed (mulberry32). */
function dice(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

async function crash(page: Page): Promise<void> {
  const crashed = page.waitForEvent('crash');
  const devtools = await page.context().newCDPSession(page);
  void devtools.send('Page.crash').catch(() => undefined);
  await crashed;
}

test('nothing acknowledged is lost, and the vault opens after every kill', async ({ context }) => {
  test.setTimeout(KILLS * 30_000);
  const roll = dice(SEED);
  const url = `${cloud.pageUrl}settings`;
  let page = await context.newPage();
  await page.goto(url);
  await createVault(page);
  let acknowledged = '30';
  let rotations = 0;

  for (let round = 1; round <= KILLS; ++round) {
    await page.goto(url);
    await enter(page);
    const field = page.getByTestId('settings-heartbeat');
    const save = page.getByTestId('settings-heartbeat-save');
    await expect(field, `round ${round} of seed ${SEED}`).toHaveValue(acknowledged);
    if (roll() < 0.3) {
      // A new key: everything stored is sealed anew, in many steps.
      await page.getByTestId('rotate').click();
      ++rotations;
    }
    const sent = String(10 + ((Number(acknowledged) + 1 + Math.floor(roll() * 500)) % 3_000));
    await field.fill(sent);
    await save.click();
    // Each look takes the renderer a moment: the kill comes after none, or some.
    let stored = false;
    for (let looks = Math.floor(roll() * 12); looks > 0 && !stored; --looks) {
      stored = await page.getByText(`Heartbeat every ${sent} seconds.`).isVisible();
    }
    await crash(page);
    await page.close();

    page = await context.newPage();
    await page.goto(url);
    await unlock(page);
    const now = await page.getByTestId('settings-heartbeat').inputValue();
    expect([stored ? sent : acknowledged, sent], `round ${round} of seed ${SEED}`).toContain(now);
    acknowledged = now;
  }
  console.log(
    `${KILLS} kills, ${rotations} during a change of the key, seed ${SEED}: nothing lost`,
  );
});
