// What the page's host forwards to providers: /via/<provider>/<host>/<path>, only to the hosts and paths the policy
// cards name. Pure; serve-page.mjs does it on a person's own machine, netlify.toml and vercel.json say the same.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** [{ provider, host, origin, paths: ['/v1/'] }], of every card that may be forwarded to. */
export function forwardsOf(providersFolder) {
  return readdirSync(providersFolder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()
    .flatMap((provider) => {
      const card = JSON.parse(readFileSync(join(providersFolder, provider, 'policy.json'), 'utf8'));
      return (card.forward ?? []).map((one) => ({ provider, ...one }));
    });
}

/** Where a request goes, or null when nothing forwards it. `path` may have a query. */
export function targetOf(forwards, path) {
  const [pathname, query] = path.split(/\?(.*)/s);
  // No dot segments, however written: the prefix must mean what it says.
  if (/(^|\/)(\.|%2e){1,2}(\/|$)/i.test(pathname) || pathname.includes('\\')) return null;
  for (const { provider, host, origin, paths } of forwards) {
    const base = `/via/${provider}/${host}`;
    if (!paths.some((prefix) => pathname.startsWith(base + prefix))) continue;
    return `${origin}${pathname.slice(base.length)}${query === undefined ? '' : `?${query}`}`;
  }
  return null;
}

const REQUEST_HEADERS = new Set([
  'accept',
  'authorization',
  'content-type',
  'range',
  'x-goog-upload-protocol',
  'x-upsert',
  'prefer',
  'apikey',
  'neon-connection-string',
  'neon-raw-text-output',
  'neon-array-mode',
]);
const ANSWER_HEADERS = new Set([
  'content-type',
  'retry-after',
  'link',
  'location',
  'etag',
  'content-range',
]);

const isAmz = (name) => name.startsWith('x-amz-');

/** Only what a provider needs: no cookie, no address of the person, nothing of the hop. */
export function requestHeaders(headers) {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => REQUEST_HEADERS.has(name) || isAmz(name)),
  );
}

export function answerHeaders(headers) {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => ANSWER_HEADERS.has(name) || /ratelimit/.test(name)),
  );
}
