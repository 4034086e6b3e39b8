// Reads the names of C++ files from standard input, one a line, and prints what includes.mjs finds in them.
import { readFileSync } from 'node:fs';
import { findingsIn } from './includes.mjs';

const files = readFileSync(0, 'utf8').split('\n').filter(Boolean);
const findings = files.flatMap((file) =>
  findingsIn(file, readFileSync(file, 'utf8')).map((finding) => ({ file, ...finding })),
);
for (const { file, line, text, why } of findings) {
  console.error(`${file}:${line}: ${text}\n    ${why}`);
}
console.log(`${files.length} files, ${findings.length} findings`);
process.exit(findings.length === 0 ? 0 : 1);
