// What the page's host forwards to providers: /via/<provider>/<host>/<path>, only to the hosts and paths the policy
// cards name. An account's own hosts (a "*" in the origin) are no fixed addresses: only a relaying node forwards there.
// Pure; serve-page.mjs does it on a person's own machine, netlify.toml and vercel.json say the same.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** [{ provider, host, origin, paths: ['/v1/'] }], of every card that may be forwarded to. */
export function forwardsOf(providersFolder) {
  return readdirSync(providersFolder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()
    .flatMap((provider) => {
      const card = JSON.parse(readFileSync(join(providersFolder, provider, 'policy.json'), 'utf8'));
      return (card.forward ?? [])
        .filter(({ origin }) => !origin.includes('*'))
        .map((one) => ({ provider, ...one }));
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

// A relaying node obeys the same lists (engine/providers/forwards.h).
const HEADERS = JSON.parse(
  readFileSync(
    fileURLToPath(new URL('../../engine/providers/forward_headers.json', import.meta.url)),
    'utf8',
  ),
);
const REQUEST_HEADERS = new Set(HEADERS.request);
const ANSWER_HEADERS = new Set(HEADERS.answer);

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
