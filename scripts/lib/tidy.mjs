// Runs clang-tidy over the files of a compilation database, several at once, and remembers clean files by the
// hash of everything that could change the answer: the settings, the command, the file and its project headers.
// Usage: node scripts/lib/tidy.mjs <build folder> <jobs> [file...]
import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, relative, resolve } from 'node:path';

// Beside the compiler cache, and for the same reason: another clone has the same files.
const CACHE = resolve(process.env.XDG_CACHE_HOME ?? `${homedir()}/.cache`, 'automator67/tidy');
const CHECKED = /^(engine|node-wrapper|cli|sync-server)\//;
const CLANG_TIDY = 'clang-tidy-19';
// A file is read without the precompiled headers: it has to include what it uses.
const PRECOMPILED = / -include-pch \S+/;

const [buildFolder, jobs, ...wanted] = process.argv.slice(2);
const root = process.cwd();
const DATABASE = `${buildFolder}/tidy`;

const hashes = new Map();
function hashOfFile(path) {
  if (!hashes.has(path)) {
    hashes.set(path, createHash('sha256').update(readFileSync(path)).digest('hex'));
  }
  return hashes.get(path);
}

// The project files a file includes, directly and through others, itself first. Headers of third parties are not
// followed: they stand in `settings`.
function closureOf(file, seen = new Set()) {
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const [, name] of readFileSync(file, 'utf8').matchAll(/^\s*#\s*include\s*"([^"]+)"/gm)) {
    const target = [resolve(root, name), resolve(dirname(file), name)].find(existsSync);
    if (target) closureOf(target, seen);
  }
  return seen;
}

// Third-party headers change only with the stamp of scripts/setup, system ones with the compiler's version.
const settings = [
  execFileSync(CLANG_TIDY, ['--version'], { encoding: 'utf8' }),
  hashOfFile('.clang-tidy'),
  hashOfFile('third_party/ready'),
];

function keyOf({ file, command }) {
  const parts = [...settings, command.replaceAll(root, '')];
  for (const path of closureOf(file)) parts.push(relative(root, path), hashOfFile(path));
  return createHash('sha256').update(parts.join('\n')).digest('hex');
}

function run(file) {
  return new Promise((done) => {
    const child = spawn(CLANG_TIDY, ['-p', DATABASE, '--quiet', file]);
    let output = '';
    child.stdout.on('data', (data) => (output += data));
    child.stderr.on('data', (data) => (output += data));
    child.on('close', (code) => done({ clean: code === 0, output }));
  });
}

async function main() {
  mkdirSync(CACHE, { recursive: true });
  mkdirSync(DATABASE, { recursive: true });
  const names = new Set(wanted.map((file) => relative(root, resolve(file))));
  const entries = JSON.parse(readFileSync(`${buildFolder}/compile_commands.json`, 'utf8')).map(
    (entry) => ({ ...entry, command: entry.command.replace(PRECOMPILED, '') }),
  );
  writeFileSync(`${DATABASE}/compile_commands.json`, JSON.stringify(entries));
  const queue = entries
    .map((entry) => ({ ...entry, name: relative(root, entry.file) }))
    .filter(({ name }) => CHECKED.test(name) && (names.size === 0 || names.has(name)))
    .map((entry) => ({ name: entry.name, key: keyOf(entry) }));
  const total = queue.length;
  if (total === 0) {
    console.error(
      `${buildFolder} compiles none of our files. Configure it again: cmake --preset native-debug`,
    );
    process.exit(1);
  }
  const fresh = queue.filter(({ key }) => !existsSync(`${CACHE}/${key}`));

  let failed = 0;
  async function work() {
    for (let next = fresh.shift(); next; next = fresh.shift()) {
      const { clean, output } = await run(next.name);
      if (clean) writeFileSync(`${CACHE}/${next.key}`, '');
      if (!clean) {
        failed += 1;
        console.error(output.trim());
      }
    }
  }
  const looked = fresh.length;
  await Promise.all(Array.from({ length: Number(jobs) }, work));
  console.log(`${total} files, ${looked} looked at, ${failed} with findings`);
  process.exit(failed === 0 ? 0 : 1);
}

await main();
