// New versions of the page: found in the background, offered, begun only on request. The service worker
// (service-worker/sw.ts) keeps the files; this is the page's side of it.
import type { FromPage, FromWorker } from '../../service-worker/rules';

/** How often a page that stays open asks whether there is a new version. */
export const LOOK_EVERY_MS = 60 * 60 * 1000;
/** A new version that does not begin by then is given up waiting for; the reload happens all the same. */
export const BEGIN_MS_MAX = 3_000;
/** After the page's start, so that keeping its files for later does not slow down showing them now. */
const TIDY_AFTER_MS = 5_000;

type Listener = () => void;

export type UpdateDoors = {
  container: Pick<
    ServiceWorkerContainer,
    'register' | 'controller' | 'addEventListener' | 'startMessages'
  >;
  reload: () => void;
  /** The address of this build's first script. */
  script: string;
};

export type Updates = ReturnType<typeof createUpdates>;

export function createUpdates(doors: UpdateDoors) {
  const listeners = new Set<Listener>();
  let registration: ServiceWorkerRegistration | null = null;
  let available = false;
  // The first version that takes this page is the one it came with, or about to be kept.
  let controlled = doors.container.controller !== null;
  let reloading = false;

  function offer(): void {
    if (available) return;
    available = true;
    for (const listener of listeners) listener();
  }

  function reloadOnce(): void {
    if (reloading) doors.reload();
    reloading = false;
  }

  function tell(worker: ServiceWorker | null, message: FromPage): void {
    worker?.postMessage(message);
  }

  function watch(found: ServiceWorkerRegistration): void {
    registration = found;
    if (found.waiting && controlled) offer();
    found.addEventListener('updatefound', () => {
      const { installing } = found;
      installing?.addEventListener('statechange', () => {
        if (installing.state === 'installed' && controlled) offer();
      });
    });
  }

  return {
    subscribe(listener: Listener): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    available: (): boolean => available,

    async start(): Promise<void> {
      const { container } = doors;
      container.addEventListener('controllerchange', () => {
        if (reloading) reloadOnce();
        // Another tab has begun the new version: this one goes on with the files it came with.
        else if (controlled) offer();
        controlled = true;
      });
      container.addEventListener('message', ({ data, ports }) => {
        if ((data as FromWorker | null)?.type === 'which') ports[0]?.postMessage(doors.script);
      });
      container.startMessages();
      watch(await container.register('/sw.js', { updateViaCache: 'none' }));
      setTimeout(() => tell(container.controller, { type: 'tidy' }), TIDY_AFTER_MS);
      setInterval(() => this.look(), LOOK_EVERY_MS);
    },

    /** Asks whether there is a new version; offline there is no answer, and nothing happens. */
    look(): void {
      registration?.update().catch(() => {});
    },

    /** Begins the new version, in this tab only. */
    reload(): void {
      reloading = true;
      if (!registration?.waiting) return reloadOnce();
      setTimeout(reloadOnce, BEGIN_MS_MAX);
      tell(registration.waiting, { type: 'activate' });
    },
  };
}
