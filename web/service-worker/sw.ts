// The page without its server: every file of a build is kept when the page is visited first, and answered
// from there ever after. What is kept carries the headers it came with, so that the content security policy
// and the isolation headers hold offline, too.
//
// A new version is fetched beside the old one and waits. It begins only when a person asks for it, and the
// files of the old one stay until no tab runs it any more: an open tab fetches parts of itself late.
import { PrecacheController } from 'workbox-precaching';
import { isAsset, pageFor, runsThisBuild, type FromPage } from './rules';

declare const self: ServiceWorkerGlobalScope & {
  __WB_MANIFEST: { url: string; revision: string | null }[];
};

/** A tab that does not say in time which version it runs (a frozen one) counts as an old one. */
const ANSWER_MS_MAX = 2_000;

const kept = new PrecacheController();
kept.addToCacheList(self.__WB_MANIFEST);

self.addEventListener('install', (event) => {
  event.waitUntil(kept.install(event));
});

// The first visit must be enough, so the page that brought this takes it at once. Nothing is cleared
// away here: other tabs may still run the version before.
self.addEventListener('activate', (event) => {
  event.waitUntil(self.clients.claim());
});

self.addEventListener('message', (event) => {
  const message = event.data as FromPage | null;
  if (message?.type === 'activate') event.waitUntil(self.skipWaiting());
  else if (message?.type === 'tidy') event.waitUntil(tidy(event));
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== self.location.origin) return;
  if (kept.getCacheKeyForURL(url.href) !== undefined || isAsset(url)) {
    event.respondWith(answer(request, url.href));
  } else if (request.mode === 'navigate') {
    event.respondWith(answer(request, pageFor(url)));
  }
});

async function answer(request: Request, url: string): Promise<Response> {
  return (
    (await kept.matchPrecache(url)) ??
    // Not of this build: of the one before, for a tab that still runs it.
    (await caches.match(request, { ignoreVary: true })) ??
    fetch(request)
  );
}

/** Lets go of older builds once every open tab runs this one. */
async function tidy(event: ExtendableMessageEvent): Promise<void> {
  const tabs = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const scripts = await Promise.all(tabs.map(scriptOf));
  if (runsThisBuild(scripts, (url) => kept.getCacheKeyForURL(url) !== undefined)) {
    await kept.activate(event);
  }
}

/** The address of a tab's first script, which names its build; null when it does not say. */
function scriptOf(tab: Client): Promise<string | null> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    const timer = setTimeout(() => {
      resolve(null);
    }, ANSWER_MS_MAX);
    port1.onmessage = ({ data }: MessageEvent<unknown>) => {
      clearTimeout(timer);
      resolve(typeof data === 'string' ? data : null);
    };
    tab.postMessage({ type: 'which' }, [port2]);
  });
}
