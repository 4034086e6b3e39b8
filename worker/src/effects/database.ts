// The one IndexedDB database: records (the engine's store), keys (the device key) and blobs
// (archives, by their SHA-256). Shared by every tab of this origin.
import { type IDBPDatabase, openDB } from 'idb';

export type StoredRecord =
  | { key: string; secret: false; value: string }
  | { key: string; secret: true; iv: Uint8Array<ArrayBuffer>; sealed: ArrayBuffer };

export type StoredBlob = { sha256: string; blob: Blob; addedAt: number };

export type Schema = {
  records: { key: string; value: StoredRecord };
  keys: { key: string; value: { name: string; key: CryptoKey } };
  blobs: { key: string; value: StoredBlob };
};

export type Database = IDBPDatabase<Schema>;

const VERSION = 1;

export function openDatabase(name = 'automator67'): Promise<Database> {
  return openDB<Schema>(name, VERSION, {
    upgrade(database) {
      database.createObjectStore('records', { keyPath: 'key' });
      database.createObjectStore('keys', { keyPath: 'name' });
      database.createObjectStore('blobs', { keyPath: 'sha256' });
    },
    // A newer version in another tab wants to change the schema: do not stand in its way.
    blocking(_current, _blocked, event) {
      (event.target as IDBDatabase).close();
    },
  });
}
