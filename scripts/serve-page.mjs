#!/usr/bin/env node
// Usage: scripts/serve-page.mjs [--port 3000] [--folder web/dist]
//
// Serves the built page on this machine as Netlify would: the headers of netlify.toml, compressed files where
// the build left some, the rewrites to providers, and index.html for every path that is no file.
//
//   A67_FORWARD_TO=<url>   sends what goes to providers to <url>/<provider>/<host>/... instead (for tests); empty:
//                          forwards nothing, like a host without rewrites
import { createServer, request as plainRequest } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { readFileSync, realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import sirv from 'sirv';
import { answerHeaders, forwardsOf, requestHeaders, targetOf } from './lib/forward.mjs';
import { headersFor, rulesOf } from './lib/page-headers.mjs';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..');

const FORWARDED_BYTES_MAX = 16 * 1024 * 1024;
const FORWARD_MS_MAX = 60_000;

function refuse(response, status, reason) {
  response.writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
  response.end(JSON.stringify({ message: reason }));
}

/** Sends one request on to a provider: nothing of it is kept or logged. */
function forward(request, response, target) {
  const send = target.startsWith('https:') ? tlsRequest : plainRequest;
  const onward = send(
    target,
    { method: request.method, headers: requestHeaders(request.headers), timeout: FORWARD_MS_MAX },
    (answer) => {
      response.writeHead(answer.statusCode, {
        ...answerHeaders(answer.headers),
        'Cache-Control': 'no-store',
      });
      answer.pipe(response);
    },
  );
  let bytes = 0;
  request.on('data', (chunk) => {
    bytes += chunk.length;
    if (bytes <= FORWARDED_BYTES_MAX || response.headersSent) return;
    onward.destroy();
    refuse(response, 413, `More than ${FORWARDED_BYTES_MAX} bytes are not forwarded.`);
  });
  onward.on('timeout', () => onward.destroy());
  onward.on('error', () => {
    if (!response.headersSent) refuse(response, 502, 'The provider could not be reached.');
  });
  request.on('aborted', () => onward.destroy());
  request.pipe(onward);
}

// "/via/render/api/v1/x" -> "<url>/render/api/v1/x".
function forwardsTo(url, forwards) {
  return forwards.map((one) => ({ ...one, origin: `${url}/${one.provider}/${one.host}` }));
}

export function pageServer(folder = `${ROOT}/web/dist`) {
  const rules = rulesOf(readFileSync(`${ROOT}/netlify.toml`, 'utf8'));
  const cards = forwardsOf(`${ROOT}/engine/providers`);
  const elsewhere = process.env.A67_FORWARD_TO;
  const none = elsewhere === '' ? [] : null;
  const forwards = none ?? (elsewhere === undefined ? cards : forwardsTo(elsewhere, cards));
  const files = sirv(folder, { single: true, etag: true, brotli: true, gzip: true, maxAge: 0 });
  return createServer((request, response) => {
    const path = request.url.split('?', 1)[0];
    for (const [name, value] of Object.entries(headersFor(rules, path))) {
      response.setHeader(name, value);
    }
    if (path.startsWith('/via/')) {
      const target = targetOf(forwards, request.url);
      // Another site's page must not use this machine's forwarding: what reads the answer is same-origin, and what
      // sends without reading (a form) has no business here.
      const site = request.headers['sec-fetch-site'];
      if (target === null) refuse(response, 404, 'Nothing is forwarded there.');
      else if (site !== undefined && site !== 'same-origin')
        refuse(response, 403, 'Only this page may.');
      else forward(request, response, target);
      return;
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
