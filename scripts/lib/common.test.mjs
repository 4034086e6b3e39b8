import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

test('a Node.js that setup brings into the clone is the one its caller goes on with', (t) => {
  const clone = realpathSync(mkdtempSync(join(tmpdir(), 'a67-common-')));
  t.after(() => rmSync(clone, { recursive: true }));
  const tools = join(clone, '.toolchain/node/node_modules/.bin');
  mkdirSync(join(clone, 'scripts/lib'), { recursive: true });
  cpSync('scripts/lib/common.sh', join(clone, 'scripts/lib/common.sh'));
  const caller = join(clone, 'scripts/caller');
  writeFileSync(
    caller,
    `set -euo pipefail
    . "$(dirname "\${BASH_SOURCE[0]}")/lib/common.sh"
    mkdir -p '${tools}'
    printf '#!/bin/sh\\necho own\\n' >'${tools}/node'
    chmod +x '${tools}/node'
    node --version`,
  );
  chmodSync(caller, 0o755);
  assert.equal(execFileSync('bash', [caller], { encoding: 'utf8' }).trim(), 'own');
});
