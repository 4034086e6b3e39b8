// Lines reached of the files below a folder, from a summary of llvm-cov; fails when they are too few, and when a file
// stands in no program at all, for its lines would then be in no count.
// Usage: node scripts/lib/coverage.mjs <summary.json> <percent> <folder> [excluded folder]
import { readFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { relative } from 'node:path';
import { pathToFileURL } from 'node:url';

// `files` are those of the summary; `sources` are the .cpp files that must be there.
export function judge(files, sources, { folder, excluded, percentMin }) {
  const counts = (name) =>
    name.startsWith(`${folder}/`) && !(excluded && name.startsWith(`${excluded}/`));
  const rows = files
    .map(({ filename, summary }) => ({ name: filename, ...summary.lines }))
    .filter(({ name }) => counts(name))
    .sort((one, other) => one.name.localeCompare(other.name));
  const known = new Set(rows.map(({ name }) => name));
  const missing = sources.filter((name) => counts(name) && !known.has(name));
  const count = rows.reduce((sum, row) => sum + row.count, 0);
  const covered = rows.reduce((sum, row) => sum + row.covered, 0);
  const percent = count === 0 ? 0 : (100 * covered) / count;
  return {
    rows,
    missing,
    count,
    covered,
    percent,
    passed: missing.length === 0 && percent >= percentMin,
  };
}

// The compiler was told a path from the root, or, by the compiler cache, one from the build folder.
export function nameInTree(filename, root) {
  return (filename.startsWith('/') ? relative(root, filename) : filename).replace(/^(\.\.\/)+/, '');
}

function main([summary, percentMin, folder, excluded]) {
  const files = JSON.parse(readFileSync(summary, 'utf8')).data[0].files.map((file) => ({
    ...file,
    filename: nameInTree(file.filename, process.cwd()),
  }));
  const sources = execFileSync('git', ['ls-files', '--', `${folder}/*.cpp`], {
    encoding: 'utf8',
  }).split('\n');
  const result = judge(files, sources, { folder, excluded, percentMin: Number(percentMin) });
  for (const { name, covered, count } of result.rows) {
    console.log(
      `${((100 * covered) / count).toFixed(1).padStart(5)} %  ${covered}/${count}  ${name}`,
    );
  }
  for (const name of result.missing) console.log(`no test program holds ${name}`);
  console.log(
    `lines: ${result.percent.toFixed(1)}% (${result.covered} out of ${result.count}); at least ${percentMin} %`,
  );
  process.exitCode = result.passed ? 0 : 1;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) main(process.argv.slice(2));
