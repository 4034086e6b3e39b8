// Looks at every screen on the fake engine: screenshots in light, dark and phone width, and an axe
// run over each. Usage: npm run screens [-- OUT_DIR]; exit 1 when axe finds a violation.
import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { createServer } from 'vite';

const OUT = path.resolve(process.argv[2] ?? '../build/screens');
// For a part of them: the beginning of a screen's name, and a look.
const { A67_SCREEN: ONLY = '', A67_LOOK: LOOK = '' } = process.env;
const SLOWEST_MS = 120_000;
const AXE = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const CLAIM = Buffer.from(
  JSON.stringify([
    { url: 'http://127.0.0.1:4601', code: 'AAAA-BBBB-CCCC' },
    { url: 'http://127.0.0.1:4602', code: 'AAAA-BBBB-CCCC' },
    { url: 'http://127.0.0.1:4603', code: '0000-BBBB-CCCC' },
  ]),
).toString('base64url');

const SCREENS = [
  { name: 'overview-empty', scene: 'empty', path: '/' },
  { name: 'overview-claimed', scene: 'claimed', path: '/' },
  { name: 'overview', scene: 'busy', path: '/' },
  {
    name: 'overview-table',
    scene: 'busy',
    path: '/',
    act: (p) => p.getByTestId('cloud-toggle').click(),
  },
  { name: 'overview-trouble', scene: 'trouble', path: '/' },
  {
    name: 'stored-bucket',
    scene: 'busy',
    path: '/accounts/delta/buckets/photos',
    act: (p) => p.getByTestId('object-row').first().waitFor(),
  },
  {
    name: 'stored-documents',
    scene: 'busy',
    path: '/accounts/delta/documents?collection=notes',
    act: (p) => p.getByTestId('document-row').first().waitFor(),
  },
  { name: 'nodes', scene: 'busy', path: '/nodes' },
  { name: 'nodes-empty', scene: 'empty', path: '/nodes' },
  { name: 'nodes-trouble', scene: 'trouble', path: '/nodes' },
  { name: 'claim', scene: 'empty', path: '/nodes', hash: `#claim=${CLAIM}` },
  {
    name: 'claim-failed',
    scene: 'empty',
    path: '/nodes',
    hash: `#claim=${CLAIM}`,
    act: async (p) => {
      await p.getByTestId('claim-confirm').click();
      await p.getByTestId('error-message').waitFor();
    },
  },
  {
    name: 'claim-form',
    scene: 'busy',
    path: '/nodes',
    act: async (p) => {
      await p.getByTestId('claim-open').click();
      await p.getByTestId('claim-submit').click();
    },
  },
  {
    name: 'remove-node',
    scene: 'trouble',
    path: '/nodes',
    act: async (p) => {
      await p.getByRole('button', { name: 'Actions for node-3' }).click();
      await p.getByTestId('node-remove').click();
    },
  },
  { name: 'deploy-source', scene: 'busy', path: '/deploy' },
  { name: 'deploy-settings', scene: 'busy', path: '/deploy', act: toSettings },
  { name: 'deploy-plan', scene: 'busy', path: '/deploy', act: toPlan },
  {
    name: 'deploy-rollout',
    scene: 'busy',
    path: '/deploy',
    act: async (p) => {
      await toPlan(p);
      await p.getByTestId('deploy-start').click();
      await p.waitForTimeout(2200);
    },
  },
  {
    name: 'deploy-done',
    scene: 'busy',
    path: '/deploy',
    act: async (p) => {
      await toPlan(p);
      await p.getByTestId('deploy-start').click();
      await p.getByTestId('deploy-done-url').waitFor();
    },
  },
  { name: 'apps', scene: 'busy', path: '/apps' },
  { name: 'apps-empty', scene: 'empty', path: '/apps' },
  { name: 'app-replicas', scene: 'busy', path: '/apps/weather-api' },
  {
    name: 'app-why',
    scene: 'busy',
    path: '/apps/guestbook',
    act: (p) => p.getByTestId('replica-why').first().click(),
  },
  { name: 'app-logs', scene: 'busy', path: '/apps/guestbook/logs' },
  { name: 'app-charts', scene: 'busy', path: '/apps/guestbook/charts' },
  { name: 'app-releases', scene: 'busy', path: '/apps/guestbook/releases' },
  { name: 'app-settings', scene: 'busy', path: '/apps/guestbook/settings' },
  {
    name: 'app-remove',
    scene: 'busy',
    path: '/apps/guestbook',
    act: (p) => p.getByTestId('app-remove').click(),
  },
  {
    name: 'app-toast',
    scene: 'busy',
    path: '/apps/guestbook',
    act: async (p) => {
      await p.getByTestId('app-scale-input').fill('5');
      await p.getByTestId('app-scale-apply').click();
      await p.getByTestId('toast').waitFor();
    },
  },
  { name: 'activity', scene: 'busy', path: '/activity' },
  {
    name: 'activity-none',
    scene: 'busy',
    path: '/activity',
    act: (p) => p.getByTestId('activity-search').fill('zzz'),
  },
  { name: 'audit', scene: 'busy', path: '/activity?tab=audit', act: verify },
  { name: 'audit-broken', scene: 'trouble', path: '/activity?tab=audit', act: verify },
  { name: 'app-history', scene: 'busy', path: '/apps/guestbook/history' },
  {
    name: 'app-history-undo',
    scene: 'busy',
    path: '/apps/guestbook/history',
    act: (p) => p.getByTestId('history-undo').first().click(),
  },
  {
    name: 'app-history-refused',
    scene: 'busy',
    path: '/apps/guestbook/history',
    act: async (p) => {
      await p.getByTestId('history-undo').first().click();
      await p.getByTestId('confirm-yes').click();
      await p.getByTestId('error-message').waitFor();
    },
  },
  { name: 'secrets', scene: 'busy', path: '/secrets' },
  { name: 'secrets-empty', scene: 'empty', path: '/secrets' },
  {
    name: 'secrets-shown',
    scene: 'busy',
    path: '/secrets',
    act: async (p) => {
      await p.getByTestId('secret-show').nth(1).click();
      await p.getByTestId('secret-actions').first().click();
      await p.getByTestId('secret-history').click();
      await p.getByTestId('history-row').first().waitFor();
    },
  },
  {
    name: 'secrets-add',
    scene: 'busy',
    path: '/secrets',
    act: async (p) => {
      await p.getByTestId('secret-add').click();
      await p.getByTestId('secret-save').click();
    },
  },
  {
    name: 'secrets-lines',
    scene: 'busy',
    path: '/secrets',
    act: async (p) => {
      await p.getByTestId('secret-add').click();
      await p.getByTestId('secret-lines').click();
      await p.getByTestId('secret-value-lines').fill('-----BEGIN KEY-----\nabc\n-----END KEY-----');
    },
  },
  {
    name: 'secrets-remove',
    scene: 'busy',
    path: '/secrets',
    act: async (p) => {
      await p.getByTestId('secret-actions').first().click();
      await p.getByTestId('secret-remove').click();
    },
  },
  {
    name: 'workspace-menu',
    scene: 'busy',
    path: '/',
    act: async (p) => {
      await p.getByTestId('workspace-menu').filter({ visible: true }).click();
      await p.getByTestId('workspace-item').first().waitFor();
    },
  },
  {
    name: 'damage-details',
    scene: 'trouble',
    path: '/apps',
    act: (p) => p.getByTestId('damage-details').click(),
  },
  {
    name: 'erase-workspace',
    scene: 'busy',
    path: '/settings',
    act: (p) => p.getByTestId('erase-workspace').click(),
  },
  { name: 'accounts', scene: 'busy', path: '/accounts' },
  { name: 'accounts-empty', scene: 'empty', path: '/accounts' },
  {
    name: 'accounts-choose',
    scene: 'busy',
    path: '/accounts/connect',
    act: (p) => p.getByTestId('provider-free').first().click(),
  },
  {
    name: 'accounts-compare',
    scene: 'busy',
    path: '/accounts/connect',
    act: async (p) => {
      for (const box of await p.getByTestId('provider-compare').all()) await box.check();
      await p.getByTestId('compare-toggle').click();
    },
  },
  {
    name: 'accounts-token',
    scene: 'busy',
    path: '/accounts/connect/harbor',
    act: (p) => p.getByTestId('connect-advanced').click(),
  },
  {
    name: 'accounts-sign-in',
    scene: 'empty',
    path: '/accounts/connect/delta',
    act: (p) => p.getByTestId('tab-sign-in').click(),
  },
  { name: 'accounts-verifying', scene: 'empty', path: '/accounts/connect/harbor', act: giveToken },
  {
    name: 'accounts-refused',
    scene: 'empty',
    path: '/accounts/connect/harbor',
    act: async (p) => {
      await giveToken(p, 'wrong');
      await p.getByTestId('error-message').waitFor();
    },
  },
  {
    name: 'accounts-connected',
    scene: 'empty',
    path: '/accounts/connect/harbor',
    act: async (p) => {
      await giveToken(p);
      await p.getByTestId('connect-done').waitFor();
    },
  },
  { name: 'account', scene: 'busy', path: '/accounts/harbor' },
  { name: 'account-refused', scene: 'busy', path: '/accounts/delta' },
  { name: 'account-resources', scene: 'busy', path: '/accounts/harbor/resources' },
  { name: 'account-requests', scene: 'busy', path: '/accounts/harbor/requests' },
  {
    name: 'account-rotate',
    scene: 'busy',
    path: '/accounts/delta',
    act: async (p) => {
      await p.getByTestId('account-rotate').click();
      await p.getByTestId('rotate-give').check();
    },
  },
  {
    name: 'account-disconnect',
    scene: 'busy',
    path: '/accounts/harbor',
    act: (p) => p.getByTestId('account-disconnect').click(),
  },
  { name: 'provider', scene: 'busy', path: '/accounts/providers/harbor' },
  {
    name: 'provider-override',
    scene: 'busy',
    path: '/accounts/providers/harbor',
    act: (p) => p.getByTestId('policy-override').first().click(),
  },
  {
    name: 'settings-history',
    scene: 'busy',
    path: '/settings',
    act: (p) => p.getByTestId('history-card').scrollIntoViewIfNeeded(),
  },
  { name: 'settings', scene: 'busy', path: '/settings' },
  {
    name: 'settings-security',
    scene: 'busy',
    path: '/settings',
    act: (p) => p.getByTestId('security').scrollIntoViewIfNeeded(),
  },
  {
    name: 'vault-change-passphrase',
    scene: 'busy',
    path: '/settings',
    act: async (p) => {
      await p.getByTestId('change-passphrase').click();
      await p.getByTestId('new-passphrase').fill('violet canoe sings at noon');
    },
  },
  {
    name: 'vault-add-passkey',
    scene: 'busy',
    path: '/settings',
    act: (p) => p.getByTestId('add-passkey').click(),
  },
  {
    name: 'vault-new-kit',
    scene: 'busy',
    path: '/settings',
    act: async (p) => {
      await p.getByTestId('new-kit').click();
      await p.getByTestId('kit-words').waitFor();
    },
  },
  {
    name: 'vault-new-kit-check',
    scene: 'busy',
    path: '/settings',
    act: async (p) => {
      await p.getByTestId('new-kit').click();
      await p.getByTestId('new-kit-submit').click();
      await p.getByTestId('kit-retire').waitFor();
    },
  },
  {
    name: 'vault-remove',
    scene: 'busy',
    path: '/settings',
    act: (p) => p.getByTestId('remove-method').first().click(),
  },
  { name: 'vault-first', scene: 'new', path: '/' },
  {
    name: 'vault-first-weak',
    scene: 'new',
    path: '/',
    act: async (p) => {
      await p.getByTestId('new-passphrase').fill('hunter2');
      await p.locator('[data-testid="strength"][data-score]').waitFor();
      await p.getByTestId('new-passphrase-again').fill('hunter2');
      await p.getByTestId('first-run-next').click();
      await p.getByTestId('error-message').waitFor();
    },
  },
  {
    name: 'vault-first-strong',
    scene: 'new',
    path: '/',
    act: async (p) => {
      await p.getByTestId('new-passphrase-show').click();
      await p.getByTestId('new-passphrase').fill('violet canoe sings at noon');
      await p.locator('[data-testid="strength"][data-score]').waitFor();
    },
  },
  { name: 'vault-kit', scene: 'new', path: '/', act: toKit },
  {
    name: 'vault-kit-print',
    paper: true,
    scene: 'new',
    path: '/',
    act: async (p) => {
      await toKit(p);
      await p.emulateMedia({ media: 'print' });
    },
  },
  {
    name: 'vault-kit-check',
    scene: 'new',
    path: '/',
    act: async (p) => {
      await toKit(p);
      await p.getByTestId('first-run-next').click();
      await p.getByTestId('kit-check').first().fill('zzzzz');
      await p.getByTestId('first-run-next').click();
      await p.getByTestId('error-message').first().waitFor();
    },
  },
  { name: 'vault-unlock', scene: 'locked', path: '/' },
  {
    name: 'vault-unlock-wrong',
    scene: 'locked',
    path: '/',
    act: async (p) => {
      await p.getByTestId('unlock-passphrase').fill('wrong');
      await p.getByTestId('unlock-submit').click();
      await p.getByTestId('error-message').waitFor();
    },
  },
  {
    name: 'vault-unlock-kit',
    scene: 'locked',
    path: '/',
    act: (p) => p.getByTestId('unlock-use-kit').click(),
  },
  { name: 'palette', scene: 'busy', path: '/', act: (p) => p.keyboard.press('Control+k') },
  { name: 'shortcuts', scene: 'busy', path: '/', act: (p) => p.keyboard.press('?') },
  { name: 'not-found', scene: 'busy', path: '/nowhere' },
];

async function verify(page) {
  await page.getByTestId('audit-verify').click();
  await page.getByTestId('audit-verdict').waitFor();
}

async function giveToken(page, token = 'hbr_1') {
  await page.getByTestId('field-apiKey').fill(token);
  await page.getByTestId('connect-submit').click();
  await page.getByTestId('connect-progress').waitFor();
}

async function toSettings(page) {
  await page.getByTestId('deploy-git-url').fill('https://example.com/you/guestbook-two.git');
  await page.getByTestId('deploy-next').click();
  await page.getByTestId('env-add').click();
  await page.getByTestId('env-name').fill('LOG_LEVEL');
  await page.getByTestId('env-value').fill('info');
}

async function toPlan(page) {
  await toSettings(page);
  await page.getByTestId('deploy-next').click();
  await page.getByTestId('deploy-plan').waitFor();
}

async function toKit(page) {
  await page.getByTestId('new-passphrase').fill('violet canoe sings at noon');
  await page.getByTestId('new-passphrase-again').fill('violet canoe sings at noon');
  await page.getByTestId('first-run-next').click();
  await page.getByTestId('kit-words').waitFor();
}

const LOOKS = [
  { name: 'light', colorScheme: 'light', viewport: { width: 1280, height: 860 } },
  { name: 'dark', colorScheme: 'dark', viewport: { width: 1280, height: 860 } },
  { name: 'phone', colorScheme: 'light', viewport: { width: 390, height: 844 } },
  { name: 'narrow', colorScheme: 'dark', viewport: { width: 360, height: 740 } },
];

async function problemsOf(page, wide) {
  const problems = [];
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  if (overflow > 0) problems.push(`scrolls sideways by ${overflow}px`);
  // The content security policy forbids inline script, which is how axe is usually put in.
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() =>
    globalThis.axe.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    }),
  );
  for (const { id, nodes: found } of violations) {
    // A menu lies over the page and belongs to none of its landmarks.
    const nodes = found.filter(
      (node) => id !== 'region' || !String(node.target).includes('radix-popper'),
    );
    if (nodes.length === 0) continue;
    problems.push(
      `axe ${id}: ${nodes
        .map((node) => node.target.join(' '))
        .slice(0, 3)
        .join(' | ')}`,
    );
    if (wide)
      for (const node of nodes.slice(0, 3))
        problems.push(`    ${node.failureSummary?.replaceAll('\n', ' ')}`);
  }
  return problems;
}

await mkdir(OUT, { recursive: true });
const server = await createServer({
  server: { port: 0, host: '127.0.0.1', hmr: false, watch: null },
  // Only a worker that starts late imports them: found then, they would make every page reload.
  optimizeDeps: {
    include: ['@zxcvbn-ts/core', '@zxcvbn-ts/language-common', '@zxcvbn-ts/language-en'],
  },
  logLevel: 'error',
});
await server.listen();
const { port } = server.httpServer.address();
const browser = await chromium.launch({
  executablePath: process.env.A67_CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
});
let failures = 0;
for (const look of LOOKS) {
  for (const screen of SCREENS) {
    if (!screen.name.startsWith(ONLY) || !look.name.startsWith(LOOK)) continue;
    const context = await browser.newContext({
      viewport: look.viewport,
      colorScheme: look.colorScheme,
      reducedMotion: 'reduce',
    });
    const page = await context.newPage();
    page.setDefaultTimeout(SLOWEST_MS);
    const problems = [];
    page.on('pageerror', (error) => problems.push(`error: ${error.message}`));
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(`console: ${message.text()}`);
    });
    const query = new URLSearchParams({ scene: screen.scene, path: screen.path });
    await page.goto(`http://127.0.0.1:${port}/harness.html?${query}${screen.hash ?? ''}`);
    await page.locator('h1').first().waitFor();
    try {
      await screen.act?.(page);
      await page.waitForTimeout(500);
    } catch (error) {
      problems.push(`could not act: ${error.message.split('\n')[0]}`);
    }
    await page.screenshot({ path: path.join(OUT, `${screen.name}-${look.name}.png`) });
    // Paper has no landmarks.
    if (!screen.paper) problems.push(...(await problemsOf(page, true)));
    failures += problems.length;
    for (const problem of problems) console.log(`${screen.name} (${look.name}): ${problem}`);
    await context.close();
  }
}
await browser.close();
await server.close();
console.log(failures === 0 ? 'Every screen is clean.' : `${failures} problems.`);
process.exitCode = failures === 0 ? 0 : 1;
