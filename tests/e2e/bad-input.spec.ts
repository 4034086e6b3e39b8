import { expect, test, type Page } from '@playwright/test';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { folderOf, hostileTar } from './archives.ts';
import { Cloud, ROOT } from './cloud.ts';
import { chooseSource, claimAll, deploy, openApp, startDeploy, visit } from './page.ts';

let cloud: Cloud;
let scratch: string;
let page: Page;
test.beforeAll(async ({ browser }) => {
  cloud = await Cloud.start(2);
  scratch = await mkdtemp(join(tmpdir(), 'a67-bad-'));
  page = await browser.newPage();
  await claimAll(page, cloud);
});
test.afterAll(async () => {
  await page.close();
  await cloud.stop();
  await rm(scratch, { recursive: true, force: true });
});

const error = () => page.getByTestId('error-message').first();

test('a broken archive is refused before anything is sent', async () => {
  const file = join(scratch, 'broken.tar.gz');
  await writeFile(file, 'this is no archive');
  await visit(page, `${cloud.pageUrl}deploy`);
  await page.getByTestId('deploy-archive-input').setInputFiles(file);
  await expect(error()).toContainText(/cannot be read/);
});

test('an archive that would write outside its folder is refused', async () => {
  const file = hostileTar(scratch, {
    'index.html': '<html></html>',
    '../../escaped.txt': 'out',
  });
  await visit(page, `${cloud.pageUrl}deploy`);
  await page.getByTestId('deploy-archive-input').setInputFiles(file);
  const refused = error();
  // The page may see it already; else the node does.
  if (!(await refused.isVisible().catch(() => false))) {
    await page.getByTestId('deploy-next').click();
    await page.getByTestId('deploy-name').fill('hostile');
    await page.getByTestId('deploy-next').click();
    await page.getByTestId('deploy-start').click();
  }
  await expect(error()).toContainText(/outside|\.\./i, { timeout: 60_000 });
});

test('files that nothing says how to run are refused with what was looked for', async () => {
  const folder = folderOf(scratch, 'mystery', { 'notes.txt': 'nothing to run' });
  await chooseSource(page, { folder });
  await page.getByTestId('deploy-name').fill('mystery');
  await page.getByTestId('deploy-next').click();
  await expect(error()).toContainText(/package\.json/);
});

test('a manifest with a wrong type is refused with its line', async () => {
  const folder = folderOf(scratch, 'mistyped', {
    'automator67.yaml': 'name: mistyped\nstart: node server.js\nreplicas: three\n',
    'server.js': '',
  });
  await chooseSource(page, { folder });
  await page.getByTestId('deploy-next').click();
  await expect(error()).toContainText('automator67.yaml');
  await expect(error()).toContainText('3');
});

test('a failing build shows its last lines and leaves nothing behind', async () => {
  const folder = folderOf(scratch, 'unbuildable', {
    'automator67.yaml': 'build: echo first && echo the-very-last-line && exit 3\nstart: sleep 1\n',
  });
  await startDeploy(page, { folder }, { name: 'unbuildable', replicas: 1 });
  await expect(error()).toContainText('the-very-last-line', { timeout: 60_000 });
});

test('a release that never becomes healthy is rolled back while the previous one serves', async () => {
  const url = await deploy(
    page,
    { folder: join(ROOT, 'examples/static-site') },
    { name: 'steady', replicas: 2 },
  );
  const folder = folderOf(scratch, 'sick', {
    'automator67.yaml': 'start: sleep 600\nhealth:\n  startSeconds: 3\n',
  });
  await startDeploy(page, { folder }, { name: 'steady', replicas: 2 });
  const faults: number[] = [];
  const watch = setInterval(() => {
    void fetch(url).then(({ status }) => status === 200 || faults.push(status));
  }, 50);
  await expect(error()).toContainText(/serves on/i, { timeout: 90_000 });
  clearInterval(watch);
  expect(faults).toEqual([]);
  expect((await fetch(url)).status).toBe(200);
  await openApp(page, 'steady');
  await expect(page.getByTestId('app-ready')).toHaveText('2/2');
});

test('a new app cannot take a name that is taken', async () => {
  await chooseSource(page, { folder: join(ROOT, 'examples/static-site') });
  await page.getByTestId('deploy-name').fill('steady');
  await page.getByTestId('deploy-next').click();
  // The page says that this is the next release of the app that exists; the contract's `create` refuses.
  await expect(page.getByText(/steady/).first()).toBeVisible();
});
