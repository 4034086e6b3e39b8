// What the service worker decides, apart from what it does.

/** Said by the page: begin now; or, clear away what no tab needs any more. */
export type FromPage = { type: 'activate' } | { type: 'tidy' };
/** Asked by the service worker: which build do you run? Answered through the port that comes along. */
export type FromWorker = { type: 'which' };

/** Named after its content: the same address is the same file for ever, of whichever build. */
export const isAsset = (url: URL): boolean => url.pathname.startsWith('/assets/');

/** `scripts`: the first script of every open tab, null when a tab did not say. */
export function runsThisBuild(
  scripts: readonly (string | null)[],
  isOfThisBuild: (url: string) => boolean,
): boolean {
  return scripts.every((url) => url !== null && isOfThisBuild(url));
}

/** Which kept page answers a navigation. The sign-in's comes with the provider's answer in its query. */
export const pageFor = (url: URL): string =>
  url.pathname === '/oauth.html' ? '/oauth.html' : '/index.html';
