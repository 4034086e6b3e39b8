// Whether this browser has nothing of ours yet. Then the first screen is known before the engine is there to say so,
// and a person need not wait for it. Asked before the engine starts, because that makes the database.
import { useSyncExternalStore } from 'react';

const DATABASE = 'automator67';
const listeners = new Set<() => void>();
let fresh = false;

function set(next: boolean): void {
  if (fresh === next) return;
  fresh = next;
  for (const listener of listeners) listener();
}

export const noLongerFresh = (): void => set(false);

export async function lookForDatabase(): Promise<void> {
  try {
    const known = await indexedDB.databases();
    set(!known.some(({ name }) => name === DATABASE));
  } catch {
    // The engine will say what is wrong with the storage.
  }
}

export function useFreshDevice(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => fresh,
  );
}
