// Reads the contract and the policy cards, has each writer turn them into the text of one file, and writes (or, with
// --check, compares) those files. Writers are pure: facts in, text out.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { forwardsOf } from './forward.mjs';
import { cleanContract } from './generate-model.mjs';
import { typescriptOf } from './generate-typescript.mjs';
import { netlifyOf, vercelOf } from './generate-rewrites.mjs';
import { referenceOf } from './generate-reference.mjs';
import { verbsOf } from './generate-verbs.mjs';
import { pageHeadersOf } from './generate-page-headers.mjs';

const SOURCE = 'engine/api/contract.json';
const OUTPUTS = [
  ['worker/src/generated/contract.ts', typescriptOf],
  ['docs/reference.md', referenceOf],
  ['cli/generated/verbs.inc', verbsOf],
];
// Files of people's, with a part that is written.
const PROVIDERS = 'engine/providers';
const REWRITES = [
  ['netlify.toml', netlifyOf],
  ['vercel.json', vercelOf],
];

// The page's headers, for the server that has no TOML.
const PAGE_HEADERS = 'sync-server/generated/page_headers.inc';

function readOr(path, fallback) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return fallback;
  }
}

function main(args) {
  const check = args.includes('--check');
  const unknown = args.find((arg) => arg !== '--check');
  if (unknown !== undefined) {
    console.error(`generate: unknown option ${unknown}. Only --check is known.`);
    return 2;
  }
  const contract = cleanContract(JSON.parse(readFileSync(SOURCE, 'utf8')));
  const forwards = forwardsOf(PROVIDERS);
  const written = [
    ...OUTPUTS.map(([path, write]) => [path, write(contract)]),
    ...REWRITES.map(([path, write]) => [path, write(readFileSync(path, 'utf8'), forwards)]),
    [PAGE_HEADERS, pageHeadersOf(readFileSync('netlify.toml', 'utf8'))],
  ];
  const stale = written.filter(([path, text]) => readOr(path, null) !== text);
  for (const [path, text] of stale) {
    if (check) {
      console.error(
        `${path} does not match ${SOURCE} or the policy cards. Run scripts/generate and commit the result.`,
      );
      continue;
    }
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    console.log(`wrote ${path}`);
  }
  return check && stale.length > 0 ? 1 : 0;
}

process.exitCode = main(process.argv.slice(2));
