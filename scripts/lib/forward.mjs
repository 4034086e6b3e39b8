// What the page's host forwards to providers: /via/<provider>/<host>/<path>, only to the hosts and paths the policy
// cards name. An account's own hosts (a "*" in the origin) are no fixed addresses: only a relaying node forwards there.
// automator67-sync does it on a person's own machine; netlify.toml and vercel.json are written to say the same.
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
      return (card.forward ?? [])
        .filter(({ origin }) => !origin.includes('*'))
        .map((one) => ({ provider, ...one }));
    });
}
