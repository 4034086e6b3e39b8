import { expect, test } from '@playwright/test';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { repositoryOf, tarGzOf } from './archives.ts';
import { Cloud, ROOT } from './cloud.ts';
import { claimAll, deploy, openApp, type Source } from './page.ts';

let cloud: Cloud;
let scratch: string;
test.beforeAll(async () => {
  cloud = await Cloud.start(2);
  scratch = await mkdtemp(join(tmpdir(), 'a67-sources-'));
});
test.afterAll(async () => {
  await cloud.stop();
  await rm(scratch, { recursive: true, force: true });
});

const EXAMPLES = [
  { folder: 'guestbook', says: /guestbook/i },
  { folder: 'python-app', says: /python/i },
  { folder: 'static-site', says: /<html/i },
];

test('every example deploys from folder, archive and Git', async ({ page }) => {
  await claimAll(page, cloud);
  for (const example of EXAMPLES) {
    const folder = join(ROOT, 'examples', example.folder);
    const sources: [string, Source][] = [
      ['folder', { folder }],
      ['archive', { archive: tarGzOf(folder, scratch) }],
      ['git', { git: repositoryOf(folder, scratch), ref: 'main' }],
    ];
    for (const [kind, source] of sources) {
      await test.step(`${example.folder} from ${kind}`, async () => {
        const name = `${example.folder}-${kind}`;
        const url = await deploy(page, source, { name, replicas: 2 });
        // The entry gateway hears of its routes a moment after the page hears of the end.
        await expect.poll(async () => (await fetch(url)).status).toBe(200);
        expect(await (await fetch(url)).text()).toMatch(example.says);
        await openApp(page, name);
        await expect(page.getByTestId('app-ready')).toHaveText('2/2');
        await page.getByTestId('app-remove').click();
        await page.getByTestId('confirm-name').fill(name);
        await page.getByTestId('confirm-yes').click();
        await expect(page.locator(`[data-app="${name}"]`)).toHaveCount(0);
      });
    }
  }
});
