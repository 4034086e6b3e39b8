// The rollouts this tab has ordered and that still go on, so that they can be cancelled from any
// page. A rollout of another tab, or of before a reload, is not here: only who ordered it can
// cancel it.
import { useSyncExternalStore } from 'react';

const running = new Map<string, AbortController>();
const listeners = new Set<() => void>();

function tell(): void {
  for (const listener of listeners) listener();
}

/** Runs `order` as the rollout of `app`; its signal is what cancelRollout() aborts. */
export async function asRollout<T>(
  app: string,
  order: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const abort = new AbortController();
  running.set(app, abort);
  tell();
  try {
    return await order(abort.signal);
  } finally {
    if (running.get(app) === abort) running.delete(app);
    tell();
  }
}

/** False when this tab has none to cancel. */
export function cancelRollout(app: string): boolean {
  const abort = running.get(app);
  abort?.abort();
  return abort !== undefined;
}

export function useCanCancel(app: string): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => running.has(app),
  );
}
