import { expect, test } from '@playwright/test';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Cloud, CLI_PROGRAM, ROOT } from './cloud.ts';
import { killFamily } from './processes.ts';

let cloud: Cloud;
let home: string;
test.beforeAll(async () => {
  cloud = await Cloud.start(3);
  home = await mkdtemp(join(tmpdir(), 'a67-cli-'));
});
test.afterAll(async () => {
  await cloud.stop();
  await rm(home, { recursive: true, force: true });
});

type Outcome = { code: number; out: string; err: string };

function automator67(...args: string[]): Promise<Outcome> {
  return new Promise((done) => {
    execFile(CLI_PROGRAM, ['--data-dir', home, ...args], { cwd: ROOT }, (error, out, err) =>
      done({ code: typeof error?.code === 'number' ? error.code : 0, out, err }),
    );
  });
}

test('the command line deploys, scales, reads logs and repairs without a page', async () => {
  expect((await automator67('apps', '--json')).code).toBe(0);
  const claimed = await automator67('claim', cloud.address);
  expect(claimed.err + claimed.out).toContain('node-1');
  expect(claimed.code).toBe(0);

  const deployed = await automator67('deploy', './examples/guestbook', '--replicas', '3');
  expect(deployed.code, deployed.err).toBe(0);
  const url = `${cloud.entryUrl}/@guestbook/`;
  expect(deployed.out).toContain(url);
  await expect.poll(async () => (await fetch(url)).status).toBe(200);

  const apps = JSON.parse((await automator67('apps', '--json')).out) as {
    apps: { name: string; replicasReady: number }[];
  };
  expect(apps.apps).toMatchObject([{ name: 'guestbook', replicasReady: 3 }]);
  expect((await automator67('logs', 'guestbook')).out).not.toBe('');
  expect((await automator67('scale', 'guestbook', '2')).code).toBe(0);
  expect((await automator67('scale', 'guestbook', '0')).code).toBe(2);
  expect((await automator67('app', 'nothing')).code).toBe(4);

  const watching = execFile(CLI_PROGRAM, ['--data-dir', home, 'watch'], { cwd: ROOT });
  try {
    killFamily(cloud.node('node-1'));
    await expect
      .poll(
        async () => {
          const { out } = await automator67('apps', '--json');
          return (JSON.parse(out) as { apps: { replicasReady: number }[] }).apps[0]?.replicasReady;
        },
        { timeout: 60_000 },
      )
      .toBe(2);
    expect((await fetch(url)).status).toBe(200);
  } finally {
    watching.kill('SIGINT');
  }
});
