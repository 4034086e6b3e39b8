// What is sent to make something at a provider, from what was filled in. Rules are the engine's; this only spells them.
import type { Kind } from './outputs';

export const NEW_KINDS: readonly Kind[] = ['service', 'site', 'database', 'bucket'];
/** What a page sends in one message; the engine takes more, a provider often less. */
export const SITE_BYTES_MAX = 16 * 1024 * 1024;

export type ServiceDraft = {
  /** An app of the person's, or the node wrapper: a node that then runs apps. */
  what: 'app' | 'node';
  source: 'image' | 'git';
  image: string;
  repo: string;
  branch: string;
  root: string;
  runtime: string;
  build: string;
  start: string;
  port: string;
  region: string;
  plan: string;
};

export const EMPTY_SERVICE: ServiceDraft = {
  what: 'app',
  source: 'image',
  image: '',
  repo: '',
  branch: '',
  root: '',
  runtime: '',
  build: '',
  start: '',
  port: '',
  region: '',
  plan: '',
};

/** Without what is empty. */
function filled(values: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values)
      .map(([key, value]) => [key, value.trim()])
      .filter(([, value]) => value !== ''),
  );
}

export function isServiceComplete(draft: ServiceDraft): boolean {
  const { what, source, image, repo } = draft;
  return what === 'node' || source === 'image' ? image.trim() !== '' : repo.trim() !== '';
}

export function serviceInput(name: string, draft: ServiceDraft): Record<string, unknown> {
  const { image, repo, branch, root, runtime, build, start, region, plan } = draft;
  const port = Number(draft.port);
  return {
    name,
    source:
      draft.source === 'image'
        ? { kind: 'image', image: image.trim() }
        : { kind: 'git', ...filled({ repo, branch, root, runtime, build, start }) },
    ...(Number.isInteger(port) && port > 0 && { port }),
    ...filled({ region, plan }),
  };
}

/** What `node.make` takes besides the account. */
export function nodeInput(
  name: string,
  { image, region, plan }: ServiceDraft,
): { name: string; image: string; region?: string; plan?: string } {
  return { name, image: image.trim(), ...filled({ region, plan }) };
}

export type SiteFile = { path: string; bytes: string };

/** A folder's files below it: "site/img/a.png" of the folder `site` is `img/a.png`. */
export function pathInFolder(relativePath: string): string {
  return relativePath.slice(relativePath.indexOf('/') + 1);
}
