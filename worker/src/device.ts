// What this browser keeps for the page as a whole, seen and handled without an engine: how much it is, a copy
// of it when no engine can open it, and the end of it. The database is opened as it is, whatever its version.
import { base64urlOf } from './bytes';

export const DATABASE = 'automator67';

export type StorageReport = {
  usedBytes: number;
  quotaBytes: number;
  /** The browser promised not to clear it by itself. */
  persisted: boolean;
  /** Archives of releases that were not sent to every node, or may be sent again. */
  archives: { count: number; bytes: number };
};

const NO_DATABASE: StorageReport['archives'] = { count: 0, bytes: 0 };

function answerOf<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => {
      resolve(request.result);
    };
    request.onerror = () => {
      reject(request.error ?? new Error('The database did not answer.'));
    };
  });
}

/** The database in whichever version it has; null when there is none, and none is made. */
async function openAsItIs(): Promise<IDBDatabase | null> {
  const known = await indexedDB.databases();
  if (!known.some(({ name }) => name === DATABASE)) return null;
  const database = await answerOf(indexedDB.open(DATABASE));
  // An upgrade or an erasure elsewhere must not wait for a look.
  database.onversionchange = () => {
    database.close();
  };
  return database;
}

async function withDatabase<T>(nothing: T, work: (database: IDBDatabase) => Promise<T>) {
  const database = await openAsItIs();
  if (database === null) return nothing;
  try {
    return await work(database);
  } finally {
    database.close();
  }
}

function archivesOf(database: IDBDatabase): Promise<StorageReport['archives']> {
  if (!database.objectStoreNames.contains('blobs')) return Promise.resolve(NO_DATABASE);
  return new Promise((resolve, reject) => {
    const sum = { count: 0, bytes: 0 };
    const walk = database.transaction('blobs').objectStore('blobs').openCursor();
    walk.onerror = () => {
      reject(walk.error ?? new Error('The archives cannot be read.'));
    };
    walk.onsuccess = () => {
      const cursor = walk.result;
      if (cursor === null) {
        resolve(sum);
        return;
      }
      sum.count += 1;
      sum.bytes += (cursor.value as { blob?: Blob }).blob?.size ?? 0;
      cursor.continue();
    };
  });
}

export async function storageReport(): Promise<StorageReport> {
  const [estimate, persisted, archives] = await Promise.all([
    navigator.storage.estimate(),
    navigator.storage.persisted(),
    withDatabase(NO_DATABASE, archivesOf).catch(() => NO_DATABASE),
  ]);
  return { usedBytes: estimate.usage ?? 0, quotaBytes: estimate.quota ?? 0, persisted, archives };
}

/** Asks the browser never to clear the data by itself; it may ask the person, or refuse. */
export async function askToPersist(): Promise<boolean> {
  try {
    return await navigator.storage.persist();
  } catch {
    return false;
  }
}

/**
 * Every row of vault and state as it lies there, one JSON object a line: all of it sealed. Left out are the
 * keys of this device, whatever is sealed under them, and archives.
 */
export async function copyOfRows(): Promise<Blob> {
  const rows = await withDatabase([] as string[], async (database) => {
    const lines = [
      JSON.stringify({
        format: 'automator67-rows',
        version: 1,
        database: database.version,
        savedAt: new Date().toISOString(),
      }),
    ];
    if (!database.objectStoreNames.contains('table')) return lines;
    const table = database.transaction('table').objectStore('table');
    const [keys, values] = await Promise.all([
      answerOf(table.getAllKeys()),
      answerOf(table.getAll() as IDBRequest<unknown[]>),
    ]);
    for (const [at, value] of values.entries()) {
      lines.push(JSON.stringify({ key: keys[at], ...valueOf(value) }));
    }
    return lines;
  });
  return new Blob([rows.join('\n'), '\n'], { type: 'application/x-ndjson' });
}

/** What is not bytes was not written by us; it goes along as it is, so that nothing is lost. */
function valueOf(value: unknown): { value: string } | { foreign: unknown } {
  return value instanceof Uint8Array ? { value: base64urlOf(value) } : { foreign: value };
}

/** How long a database may be held by somebody who does not let go of it. */
const DELETE_MS_MAX = 5_000;

function deleteDatabase(name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new Error('Another tab holds the data. Close the other tabs, then erase again.'));
    }, DELETE_MS_MAX);
    const request = indexedDB.deleteDatabase(name);
    request.onsuccess = () => {
      clearTimeout(timer);
      resolve();
    };
    request.onerror = () => {
      clearTimeout(timer);
      reject(request.error ?? new Error('The browser did not delete the data.'));
    };
  });
}

/**
 * Deletes everything of this origin. No engine may run any more. Without a network the page's own files
 * stay (they are the same for everybody), or there would be no page to come back to.
 */
export async function eraseDevice(online: boolean): Promise<void> {
  for (const { name } of await indexedDB.databases()) {
    if (name !== undefined) await deleteDatabase(name);
  }
  localStorage.clear();
  sessionStorage.clear();
  if (!online || !('caches' in globalThis)) return;
  for (const name of await caches.keys()) await caches.delete(name);
  const workers = await navigator.serviceWorker.getRegistrations();
  await Promise.all(workers.map((worker) => worker.unregister()));
}
