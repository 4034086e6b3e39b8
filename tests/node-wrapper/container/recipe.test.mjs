// The container recipe, built and looked into where buildah is installed.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

const program = 'build/native-release/node-wrapper/automator67-node';
const has = (name) => spawnSync(name, ['--version']).status === 0;
const missing = !has('buildah')
  ? 'buildah is not installed'
  : !existsSync(program) && 'the node wrapper is not built';

test(
  'the recipe makes an image from scratch that holds the binary and runs it',
  { skip: missing },
  (context) => {
    const folder = mkdtempSync(join(tmpdir(), 'a67-image-'));
    const store = [
      '--root',
      join(folder, 'root'),
      '--runroot',
      join(folder, 'run'),
      '--storage-driver',
      'vfs',
    ];
    const buildah = (...words) =>
      execFileSync('buildah', [...store, ...words], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
      }).trim();
    context.after(() => rmSync(folder, { recursive: true, force: true }));
    copyFileSync(program, join(folder, 'automator67-node'));
    buildah(
      'bud',
      '--isolation',
      'chroot',
      '-f',
      `${process.cwd()}/node-wrapper/Dockerfile`,
      '-t',
      'a67-node-test',
      folder,
    );
    const { OCIv1 } = JSON.parse(buildah('inspect', '--type', 'image', 'a67-node-test'));
    assert.deepEqual(OCIv1.config.Entrypoint.slice(0, 2), ['/automator67-node', 'run']);
    assert.equal(OCIv1.config.WorkingDir, '/data');
    const container = buildah('from', 'a67-node-test');
    const said = buildah(
      'run',
      '--isolation',
      'chroot',
      container,
      '/automator67-node',
      '--version',
    );
    assert.match(said, /\d+\.\d+\.\d+/);
    assert.throws(() =>
      buildah('run', '--isolation', 'chroot', container, '/bin/sh', '-c', 'true'),
    );
  },
);
