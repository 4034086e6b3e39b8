// The one IndexedDB database: records (the engine's store), keys (the device key), blobs (archives, by
// their SHA-256) and table (the durable bytes of vault and state). Shared by every tab of this origin.
import { type IDBPDatabase, openDB } from 'idb';
import { asStorageFailure, storageFailure } from './storage-failure';

export type StoredRecord =
  | { key: string; secret: false; value: string }
  | { key: string; secret: true; iv: Uint8Array<ArrayBuffer>; sealed: ArrayBuffer };

export type StoredBlob = { sha256: string; blob: Blob; addedAt: number };

export type Schema = {
  records: { key: string; value: StoredRecord };
  keys: { key: string; value: { name: string; key: CryptoKey } };
  blobs: { key: string; value: StoredBlob };
  table: { key: string; value: Uint8Array<ArrayBuffer> };
};

export type Database = IDBPDatabase<Schema>;

export const DATABASE_VERSION = 2;
/** Other tabs close their connections at once when asked; one that is not gone by then is stuck. */
export const BLOCKED_MS_MAX = 3_000;

type Watch = {
  /** The connection cannot be used any more: a newer version wants it, or the browser took it. */
  onClosed?: () => void;
  blockedMsMax?: number;
};

/** Rejects with an EffectFailure that names the trouble. */
export function openDatabase(name = 'automator67', watch: Watch = {}): Promise<Database> {
  return new Promise((resolve, reject) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let gaveUp = false;
    const opening = openDB<Schema>(name, DATABASE_VERSION, {
      upgrade(database, from) {
        if (from < 1) {
          database.createObjectStore('records', { keyPath: 'key' });
          database.createObjectStore('keys', { keyPath: 'name' });
          database.createObjectStore('blobs', { keyPath: 'sha256' });
        }
        if (from < 2) database.createObjectStore('table');
      },
      blocked() {
        timer = setTimeout(() => {
          gaveUp = true;
          reject(storageFailure('held'));
        }, watch.blockedMsMax ?? BLOCKED_MS_MAX);
      },
      // A newer version in another tab wants to change the schema: do not stand in its way.
      blocking(_current, _blocked, event) {
        (event.target as IDBDatabase).close();
        watch.onClosed?.();
      },
      terminated() {
        watch.onClosed?.();
      },
    });
    opening
      .then((database) => {
        if (gaveUp) database.close();
        resolve(database);
      })
      .catch((cause: unknown) => {
        reject(asStorageFailure(cause, true));
      })
      .finally(() => {
        clearTimeout(timer);
      });
  });
}

/** Opens at the first call and keeps the connection; after a failure or a loss the next call tries again. */
export function keepOpen(
  open: (onClosed: () => void) => Promise<Database> = (onClosed) =>
    openDatabase(undefined, { onClosed }),
): () => Promise<Database> {
  let kept: Promise<Database> | undefined;
  const letGo = (): void => {
    kept = undefined;
  };
  return () => {
    kept ??= open(letGo).catch((cause: unknown) => {
      letGo();
      throw cause;
    });
    return kept;
  };
}
