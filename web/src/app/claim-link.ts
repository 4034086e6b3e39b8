// Reads the claim link's fragment, `#claim=<base64url JSON [{url, code}, ...]>`, and takes it out
// of the address bar at once: a claim code must not stay in the history or a screenshot.
export type ClaimTarget = { url: string; code: string };

export type ClaimLink = { targets: ClaimTarget[]; problem: string | null };

const PREFIX = '#claim=';
const TARGETS_MAX = 50;
const FRAGMENT_CHARACTERS_MAX = 32_768;

export function takeClaimLink(
  location: Pick<Location, 'hash' | 'pathname' | 'search'>,
  history: Pick<History, 'replaceState'>,
): ClaimLink | null {
  const { hash } = location;
  if (!hash.startsWith(PREFIX)) return null;
  history.replaceState(null, '', location.pathname + location.search);
  return parseClaim(hash.slice(PREFIX.length));
}

export function parseClaim(text: string): ClaimLink {
  const problem =
    'This claim link is damaged: part of it is missing or was changed. Copy the whole link again from the terminal, or claim the nodes by URL and code.';
  if (text.length > FRAGMENT_CHARACTERS_MAX) return { targets: [], problem };
  try {
    const base64 = decodeURIComponent(text).replaceAll('-', '+').replaceAll('_', '/');
    const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    if (!Array.isArray(value) || value.length === 0) return { targets: [], problem };
    if (value.length > TARGETS_MAX) {
      return { targets: [], problem: `This claim link names more than ${TARGETS_MAX} nodes.` };
    }
    if (!value.every(isTarget)) return { targets: [], problem };
    return { targets: value.map(({ url, code }) => ({ url, code })), problem: null };
  } catch {
    return { targets: [], problem };
  }
}

function isTarget(value: unknown): value is ClaimTarget {
  if (typeof value !== 'object' || value === null) return false;
  const { url, code } = value as Record<string, unknown>;
  return typeof url === 'string' && /^https?:\/\//.test(url) && typeof code === 'string';
}
