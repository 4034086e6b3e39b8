// This page's own watch over its versions.
import { useSyncExternalStore } from 'react';
import { createUpdates, type Updates } from './updates';

const NOTHING: Pick<Updates, 'subscribe' | 'available' | 'reload' | 'look'> = {
  subscribe: () => () => {},
  available: () => false,
  reload: () => window.location.reload(),
  look: () => {},
};

// A browser without service workers (some private windows) and the development server go without.
export const updates: typeof NOTHING =
  import.meta.env.PROD && 'serviceWorker' in navigator
    ? startedUpdates(navigator.serviceWorker)
    : NOTHING;

function startedUpdates(container: ServiceWorkerContainer): Updates {
  const made = createUpdates({
    container,
    reload: () => window.location.reload(),
    script: firstScript(),
  });
  // Fetching the whole page for later must not slow down showing it now.
  const start = () => {
    made.start().catch((error: unknown) => {
      console.warn('This page cannot be kept for use without a network:', error);
    });
  };
  if (document.readyState === 'complete') start();
  else window.addEventListener('load', start, { once: true });
  return made;
}

function firstScript(): string {
  return document.querySelector<HTMLScriptElement>('script[type="module"]')?.src ?? '';
}

export function useUpdateAvailable(): boolean {
  return useSyncExternalStore(updates.subscribe, updates.available);
}
