import 'fake-indexeddb/auto';
import { openDB } from 'idb';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { base64urlOf, bytesOfBase64url, bytesOfPassphrase } from '../src/bytes';
import { DATABASE_VERSION, type Database, keepOpen, openDatabase } from '../src/effects/database';
import { storageTroubleOf } from '../src/effects/storage-failure';
import { BrowserTable } from '../src/effects/table';

let name: string;
let database: Database;
let table: BrowserTable;
let count = 0;

beforeEach(async () => {
  name = `table-${count++}`;
  database = await openDatabase(name);
  table = new BrowserTable(() => Promise.resolve(database));
});

afterEach(() => {
  vi.restoreAllMocks();
  database.close();
});

const rows = async (prefix: string, after: string | null, limit: number) => {
  const answer = await table.scan({ prefix, after, limit });
  return { keys: answer.rows.map(([key]) => key), more: answer.more };
};

describe('bytes', () => {
  it('survive base64url, whatever their length', () => {
    for (const length of [0, 1, 2, 3, 4, 0x2001]) {
      const bytes = Uint8Array.from({ length }, (_, i) => (i * 7 + 250) % 256);
      const text = base64urlOf(bytes);
      expect(text).toBe(Buffer.from(bytes).toString('base64url'));
      expect(bytesOfBase64url(text)).toEqual(bytes);
    }
  });

  it('of a passphrase are the same however its letters were composed', () => {
    expect(bytesOfPassphrase('e\u0301')).toEqual(bytesOfPassphrase('\u00e9'));
    expect(bytesOfPassphrase('\u00e9')).toEqual(new Uint8Array([0xc3, 0xa9]));
  });

  it('go through what the browser has built in, where it has', () => {
    const encode = vi.fn(() => 'AQ');
    const bytes = Object.assign(new Uint8Array([1]), { toBase64: encode });
    expect(base64urlOf(bytes)).toBe('AQ');
    expect(encode).toHaveBeenCalledWith({ alphabet: 'base64url', omitPadding: true });
    const decode = vi.fn(() => bytes);
    vi.stubGlobal('Uint8Array', Object.assign(class extends Uint8Array {}, { fromBase64: decode }));
    try {
      expect(bytesOfBase64url('AQ')).toBe(bytes);
      expect(() => bytesOfBase64url('A Q')).toThrow(RangeError);
      expect(decode).toHaveBeenCalledExactlyOnceWith('AQ', { alphabet: 'base64url' });
    } finally {
      vi.unstubAllGlobals();
    }
  });

  it('are not read from anything else', () => {
    for (const text of ['a', 'ab==', 'a+bc', 'ab/c', 'ab c', 'äb']) {
      expect(() => bytesOfBase64url(text)).toThrow(RangeError);
    }
  });
});

describe('BrowserTable', () => {
  it('gives null for a key that was never put', async () => {
    await expect(table.get({ key: 'device' })).resolves.toEqual({ value: null });
  });

  it('keeps bytes, not text, and gives them back', async () => {
    await table.apply({ put: [['w/1/header', '_-8A']] });
    expect(await database.get('table', 'w/1/header')).toEqual(new Uint8Array([255, 239, 0]));
    await expect(table.get({ key: 'w/1/header' })).resolves.toEqual({ value: '_-8A' });
  });

  it('keeps an empty value apart from no value', async () => {
    await table.apply({ put: [['empty', '']] });
    await expect(table.get({ key: 'empty' })).resolves.toEqual({ value: '' });
  });

  it('scans in the order of the keys` bytes, within the prefix only', async () => {
    const keys = ['w/1/log/0b', 'w/1/log/0a', 'w/1/log/00', 'w/1/log~', 'w/1/audit/1', 'w/2/log/0'];
    await table.apply({ put: keys.map((key) => [key, 'AA']) });
    await expect(rows('w/1/log/', null, 10)).resolves.toEqual({
      keys: ['w/1/log/00', 'w/1/log/0a', 'w/1/log/0b'],
      more: false,
    });
    const all = await rows('', '', 10);
    expect(all.keys).toEqual(
      [...keys].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))),
    );
  });

  it('goes on after a key, page by page, and says whether there is more', async () => {
    await table.apply({ put: ['a/1', 'a/2', 'a/3', 'b/1'].map((key) => [key, 'AA']) });
    await expect(rows('a/', null, 2)).resolves.toEqual({ keys: ['a/1', 'a/2'], more: true });
    await expect(rows('a/', 'a/2', 2)).resolves.toEqual({ keys: ['a/3'], more: false });
    await expect(rows('a/', 'a/3', 2)).resolves.toEqual({ keys: [], more: false });
    await expect(rows('a/', 'b', 2)).resolves.toEqual({ keys: [], more: false });
    await expect(rows('b/', 'a/2', 2)).resolves.toEqual({ keys: ['b/1'], more: false });
  });

  it('applies deletes before puts, so a key in both is there afterwards', async () => {
    await table.apply({
      put: [
        ['a', 'AA'],
        ['b', 'AA'],
      ],
    });
    await table.apply({ put: [['a', 'AQ']], delete: ['a', 'b', 'never'] });
    await expect(table.get({ key: 'a' })).resolves.toEqual({ value: 'AQ' });
    await expect(table.get({ key: 'b' })).resolves.toEqual({ value: null });
  });

  it('asks for a strict transaction, one per batch', async () => {
    const spy = vi.spyOn(database, 'transaction');
    await table.apply({
      put: [
        ['a', 'AA'],
        ['b', 'AA'],
      ],
      delete: ['c'],
    });
    expect(spy.mock.calls).toEqual([['table', 'readwrite', { durability: 'strict' }]]);
  });

  it.each([
    ['QuotaExceededError', 'disk_full', /no room/],
    ['UnknownError', 'store_failed', /could not use its storage/],
  ])('changes nothing when a put in the middle ends with %s', async (error, code, words) => {
    await table.apply({
      put: [
        ['a', 'AA'],
        ['gone', 'AA'],
      ],
    });
    // eslint-disable-next-line @typescript-eslint/unbound-method -- given back its store below
    const { put } = IDBObjectStore.prototype;
    let puts = 0;
    vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (
      this: IDBObjectStore,
      ...args
    ) {
      puts += 1;
      if (puts === 2) throw new DOMException('planted', error);
      return put.apply(this, args);
    });
    const applied = table.apply({
      put: [
        ['a', 'AQ'],
        ['b', 'AQ'],
        ['c', 'AQ'],
      ],
      delete: ['gone'],
    });
    await expect(applied).rejects.toMatchObject({
      code,
      message: expect.stringMatching(words) as string,
    });
    vi.restoreAllMocks();
    await expect(rows('', null, 10)).resolves.toEqual({ keys: ['a', 'gone'], more: false });
    await expect(table.get({ key: 'a' })).resolves.toEqual({ value: 'AA' });
  });

  it('tells a full disk that shows only when the batch is committed', async () => {
    const done = Promise.reject(new DOMException('aborted', 'AbortError'));
    done.catch(() => undefined);
    vi.spyOn(database, 'transaction').mockReturnValue({
      store: { put: () => Promise.resolve(), delete: () => Promise.resolve() },
      done,
      error: new DOMException('full', 'QuotaExceededError'),
      abort: () => undefined,
    } as never);
    await expect(table.apply({ put: [['a', 'AA']] })).rejects.toMatchObject({ code: 'disk_full' });
  });

  it('refuses a batch with a bad key or value before it changes anything', async () => {
    for (const bad of [
      {
        put: [
          ['a', 'AA'],
          ['ü', 'AA'],
        ] as [string, string][],
      },
      {
        put: [
          ['a', 'AA'],
          ['b', 'not base64url!'],
        ] as [string, string][],
      },
      { put: [['a', 'AA']] as [string, string][], delete: ['k'.repeat(513)] },
    ]) {
      await expect(table.apply(bad)).rejects.toMatchObject({ code: 'invalid_input' });
    }
    await expect(rows('', null, 10)).resolves.toEqual({ keys: [], more: false });
  });
});

describe('openDatabase', () => {
  it('adds the table to a database of version 1 and keeps what was in it', async () => {
    const old = await openDB(`old-${name}`, 1, {
      upgrade(db) {
        db.createObjectStore('records', { keyPath: 'key' });
        db.createObjectStore('keys', { keyPath: 'name' });
        db.createObjectStore('blobs', { keyPath: 'sha256' });
      },
    });
    await old.put('records', { key: 'epoch', secret: false, value: '7' });
    old.close();
    const opened = await openDatabase(`old-${name}`);
    expect(opened.version).toBe(DATABASE_VERSION);
    expect([...opened.objectStoreNames].sort()).toEqual(['blobs', 'keys', 'records', 'table']);
    await expect(opened.get('records', 'epoch')).resolves.toMatchObject({ value: '7' });
    opened.close();
  });

  it('says that an older tab holds the storage, and lets go of what comes later', async () => {
    // A version 1 that does not listen for `versionchange`, like a frozen tab.
    const stuck = await openDB(`stuck-${name}`, 1);
    const opened = openDatabase(`stuck-${name}`, { blockedMsMax: 1 });
    await expect(opened).rejects.toMatchObject({
      code: 'store_failed',
      message: expect.stringContaining('older version') as string,
    });
    stuck.close();
    const next = await openDatabase(`stuck-${name}`);
    expect(next.version).toBe(DATABASE_VERSION);
    next.close();
  });

  it('makes way for a newer version, and says so afterwards', async () => {
    const open = keepOpen((onClosed) => openDatabase(`new-${name}`, { onClosed }));
    const before = new BrowserTable(open);
    await before.apply({ put: [['a', 'AA']] });
    const newer = await openDB(`new-${name}`, DATABASE_VERSION + 1);
    await expect(before.get({ key: 'a' })).rejects.toMatchObject({
      code: 'store_failed',
      message: expect.stringContaining('newer version') as string,
    });
    newer.close();
  });

  it('opens once for many callers, and again after a failure', async () => {
    let opened = 0;
    const open = keepOpen(() => {
      opened += 1;
      return opened === 1 ? Promise.reject(new Error('planted')) : Promise.resolve(database);
    });
    await expect(open()).rejects.toThrow('planted');
    await expect(Promise.all([open(), open()])).resolves.toEqual([database, database]);
    expect(opened).toBe(2);
  });
});

describe('storageTroubleOf', () => {
  it('tells a private window, forbidden storage and a full disk apart', () => {
    const named = (error: string): DOMException => new DOMException('', error);
    expect(storageTroubleOf(named('InvalidStateError'), true)).toBe('private');
    expect(storageTroubleOf(named('SecurityError'), true)).toBe('forbidden');
    expect(storageTroubleOf(new ReferenceError('indexedDB is not defined'), true)).toBe(
      'forbidden',
    );
    expect(storageTroubleOf(named('QuotaExceededError'))).toBe('full');
    expect(storageTroubleOf(named('VersionError'), true)).toBe('newer');
    expect(storageTroubleOf(new Error('?'))).toBe('broken');
  });
});
