// How full this browser's storage is, and whether a write failed for want of room. Looked at now and then,
// and after each such failure; the banner and the settings show it.
import { storageReport, type StorageReport } from '@automator67/worker';
import { useSyncExternalStore } from 'react';
import { toErrorView } from './errors';

/** From this share on a person should make room. */
export const FULL_SHARE = 0.8;
const LOOK_EVERY_MS = 5 * 60 * 1000;

export type StorageState = {
  report: StorageReport | null;
  /** A change was refused because there was no room; true until there is room again. */
  refused: boolean;
};

export function createStorageWatch(look: () => Promise<StorageReport>) {
  const listeners = new Set<() => void>();
  let state: StorageState = { report: null, refused: false };
  let timer: ReturnType<typeof setInterval> | undefined;

  function update(part: Partial<StorageState>): void {
    state = { ...state, ...part };
    for (const listener of listeners) listener();
  }

  async function refresh(): Promise<void> {
    try {
      const report = await look();
      update({ report, refused: state.refused && shareOf(report) >= FULL_SHARE });
    } catch {
      // A browser that does not tell how full it is still says when it is full.
    }
  }

  return {
    subscribe(listener: () => void): () => void {
      listeners.add(listener);
      if (listeners.size === 1) {
        void refresh();
        timer = setInterval(() => void refresh(), LOOK_EVERY_MS);
      }
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) clearInterval(timer);
      };
    },
    snapshot: (): StorageState => state,
    refresh,
    /** Called with whatever a command failed with. */
    note(failure: unknown): void {
      if (toErrorView(failure).code !== 'disk_full') return;
      update({ refused: true });
      void look().then(
        (report) => update({ report }),
        () => {},
      );
    },
  };
}

export function shareOf(report: StorageReport): number {
  return report.quotaBytes > 0 ? report.usedBytes / report.quotaBytes : 0;
}

const canLook = typeof navigator !== 'undefined' && 'storage' in navigator;

/** One per page: it has one storage. */
export const storageWatch = createStorageWatch(() =>
  canLook ? storageReport() : Promise.reject(new Error('This browser does not tell.')),
);

export function useStorage(): StorageState {
  return useSyncExternalStore(storageWatch.subscribe, storageWatch.snapshot);
}
