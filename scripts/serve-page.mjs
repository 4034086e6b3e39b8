#!/usr/bin/env node
// Usage: scripts/serve-page.mjs [--port 3000] [--folder web/dist]
//
// Serves the built page on this machine as Netlify would: the headers of netlify.toml, compressed files where
// the build left some, and index.html for every path that is no file.
import { createServer } from 'node:http';
import { readFileSync, realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import sirv from 'sirv';
import { headersFor, rulesOf } from './lib/page-headers.mjs';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..');

export function pageServer(folder = `${ROOT}/web/dist`) {
  const rules = rulesOf(readFileSync(`${ROOT}/netlify.toml`, 'utf8'));
  const files = sirv(folder, { single: true, etag: true, brotli: true, gzip: true, maxAge: 0 });
  return createServer((request, response) => {
    const path = request.url.split('?', 1)[0];
    for (const [name, value] of Object.entries(headersFor(rules, path))) {
      response.setHeader(name, value);
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { Allow: 'GET, HEAD' }).end();
      return;
    }
    files(request, response, () => {
      // A file that is missing now may be there after the next build: this answer must not be kept.
      response.setHeader('Cache-Control', 'no-store');
      response.writeHead(404).end('Not found\n');
    });
  });
}

function main() {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '3000' },
      folder: { type: 'string', default: `${ROOT}/web/dist` },
    },
  });
  const server = pageServer(values.folder);
  server.on('error', (error) => {
    console.error(`serve-page: ${error.message}`);
    process.exit(1);
  });
  server.listen(Number(values.port), '127.0.0.1', () =>
    console.log(`http://localhost:${values.port}/`),
  );
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) main();
