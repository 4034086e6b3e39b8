import 'fake-indexeddb/auto';
import { beforeEach, describe, expect, it } from 'vitest';
import { dropBlob, loadBlob, saveBlob } from '../src/effects/blobs';
import { type Database, openDatabase } from '../src/effects/database';
import { BrowserStore } from '../src/effects/store';

let database: Database;
let count = 0;

beforeEach(async () => {
  database = await openDatabase(`test-${count++}`);
});

const storeOf = (db: Database): BrowserStore => new BrowserStore(() => Promise.resolve(db));

describe('BrowserStore', () => {
  it('gives null for a key that was never saved', async () => {
    await expect(storeOf(database).load('epoch')).resolves.toEqual({ value: null });
  });

  it('gives back what was saved, in another store over the same database', async () => {
    await storeOf(database).save('epoch', '7', false);
    await storeOf(database).save('identity', 'seed', true);
    const store = storeOf(database);
    await expect(store.load('epoch')).resolves.toEqual({ value: '7' });
    await expect(store.load('identity')).resolves.toEqual({ value: 'seed' });
  });

  it('keeps nothing readable of a secret', async () => {
    await storeOf(database).save('identity', 'planted-secret-value', true);
    const record = await database.get('records', 'identity');
    if (record?.secret !== true) throw new Error('not stored as a secret');
    expect('value' in record).toBe(false);
    const bytes = Buffer.from(record.sealed);
    expect(bytes.includes('planted')).toBe(false);
    expect((await database.get('keys', 'device'))?.key.extractable).toBe(false);
  });

  it('seals the same value differently every time', async () => {
    const store = storeOf(database);
    await store.save('a', 'same', true);
    const first = await database.get('records', 'a');
    await store.save('a', 'same', true);
    const second = await database.get('records', 'a');
    if (first?.secret !== true || second?.secret !== true) throw new Error('not secrets');
    expect(Buffer.from(first.sealed).equals(Buffer.from(second.sealed))).toBe(false);
  });

  it('refuses a sealed record that was moved to another key', async () => {
    const store = storeOf(database);
    await store.save('identity', 'seed', true);
    const record = await database.get('records', 'identity');
    if (record === undefined) throw new Error('nothing stored');
    await database.put('records', { ...record, key: 'state' });
    await expect(store.load('state')).rejects.toMatchObject({ code: 'store_failed' });
  });

  it('lets the last of several saves win, sealed or not', async () => {
    const store = storeOf(database);
    const saves = Array.from({ length: 20 }, (_, i) => store.save('state', `v${i}`, i % 2 === 0));
    await Promise.all(saves);
    await expect(store.load('state')).resolves.toEqual({ value: 'v19' });
  });

  it('reports storage that cannot be opened as store_failed', async () => {
    const store = new BrowserStore(() => Promise.reject(new DOMException('no', 'SecurityError')));
    await expect(store.load('epoch')).rejects.toMatchObject({ code: 'store_failed' });
  });
});

describe('blobs', () => {
  it('are kept by name until dropped', async () => {
    await saveBlob(database, 'abc', new Blob(['bytes']));
    await expect((await loadBlob(database, 'abc'))?.text()).resolves.toBe('bytes');
    await dropBlob(database, 'abc');
    await expect(loadBlob(database, 'abc')).resolves.toBeUndefined();
  });
});
