// Writes .br and .gz beside every text-like file of dist/, so that a static host sends the smallest
// form without compressing at each request.
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

const DIST = path.resolve(import.meta.dirname, '../dist');
const COMPRESSED = /\.(js|mjs|css|html|svg|json|wasm|txt|webmanifest|map)$/;
const BYTES_MIN = 512;

const brotli = promisify(brotliCompress);
const zip = promisify(gzip);

async function* files(folder) {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const full = path.join(folder, entry.name);
    if (entry.isDirectory()) yield* files(full);
    else yield full;
  }
}

const rows = [];
for await (const file of files(DIST)) {
  if (!COMPRESSED.test(file) || (await stat(file)).size < BYTES_MIN) continue;
  const bytes = await readFile(file);
  const br = await brotli(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 11,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  });
  await writeFile(`${file}.br`, br);
  await writeFile(`${file}.gz`, await zip(bytes, { level: 9 }));
  rows.push({ file: path.relative(DIST, file), raw: bytes.length, br: br.length });
}
for (const row of rows.sort((a, b) => b.br - a.br)) {
  console.log(`${String(row.br).padStart(8)} br ${String(row.raw).padStart(9)} raw  ${row.file}`);
}
