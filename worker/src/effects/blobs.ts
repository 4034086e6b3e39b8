// Archives kept in this browser until the engine drops them, by their SHA-256.
import { EffectFailure } from './effect';
import type { Database } from './database';

export async function saveBlob(database: Database, sha256: string, blob: Blob): Promise<void> {
  const change = database.transaction('blobs', 'readwrite', { durability: 'strict' });
  await Promise.all([change.store.put({ sha256, blob, addedAt: Date.now() }), change.done]);
}

export async function loadBlob(database: Database, sha256: string): Promise<Blob | undefined> {
  return (await database.get('blobs', sha256))?.blob;
}

export async function dropBlob(database: Database, sha256: string): Promise<Record<string, never>> {
  try {
    await database.delete('blobs', sha256);
    return {};
  } catch {
    throw new EffectFailure('store_failed', 'This browser could not delete an archive.');
  }
}
