// table.get, table.scan and table.apply over one IndexedDB object store: ordered keys, atomic batches, and
// an answer only when the batch is on the disk (`durability: 'strict'`).
//
// Keys are printable ASCII, because IndexedDB orders strings by UTF-16 units and the engine by bytes: of
// ASCII both orders are the same. Values are base64url in messages and plain bytes in the database.
import { base64urlOf, bytesOfBase64url } from '../bytes';
import type { Database } from './database';
import { EffectFailure } from './effect';
import { asStorageFailure } from './storage-failure';

export type TableGet = { key: string };
export type TableScan = { prefix: string; after?: string | null; limit: number };
export type TableRows = { rows: [string, string][]; more: boolean };
export type TableApply = { put?: [string, string][]; delete?: string[] };

export const KEY_CHARS_MAX = 512;
export const SCAN_ROWS_MAX = 10_000;
/** Greater than every character a key may have. */
const AFTER_ALL = '\x7f';

function requireKey(key: string): string {
  if (!/^[\x21-\x7e]+$/.test(key) || key.length > KEY_CHARS_MAX) {
    throw new EffectFailure('invalid_input', 'A key of the table is not plain ASCII.');
  }
  return key;
}

function requireValue(value: string): Uint8Array<ArrayBuffer> {
  try {
    return bytesOfBase64url(value);
  } catch {
    throw new EffectFailure('invalid_input', 'A value for the table is not base64url.');
  }
}

/** The rows a scan may give; undefined when there can be none. */
function rangeOf(prefix: string, after: string): IDBKeyRange | undefined {
  const end = prefix + AFTER_ALL;
  if (after >= end) return undefined;
  return after >= prefix && after !== ''
    ? IDBKeyRange.bound(after, end, true, true)
    : IDBKeyRange.bound(prefix, end, false, true);
}

export class BrowserTable {
  private readonly open: () => Promise<Database>;

  constructor(open: () => Promise<Database>) {
    this.open = open;
  }

  get({ key }: TableGet): Promise<{ value: string | null }> {
    return named(async () => {
      const value = await (await this.open()).get('table', requireKey(key));
      return { value: value === undefined ? null : base64urlOf(value) };
    });
  }

  scan({ prefix, after, limit }: TableScan): Promise<TableRows> {
    return named(async () => {
      const range = rangeOf(prefix, after ?? '');
      if (range === undefined) return { rows: [], more: false };
      const rowsMax = Math.min(Math.max(1, limit), SCAN_ROWS_MAX);
      const { store } = (await this.open()).transaction('table', 'readonly');
      // One transaction, so that keys and values belong together.
      const [keys, values] = await Promise.all([
        store.getAllKeys(range, rowsMax + 1),
        store.getAll(range, rowsMax),
      ]);
      return {
        rows: values.map((value, at) => [keys[at] ?? '', base64urlOf(value)]),
        more: keys.length > rowsMax,
      };
    });
  }

  /** Deletes first, then puts: all of it, or nothing. */
  apply(batch: TableApply): Promise<Record<string, never>> {
    return named(async () => {
      // Everything that can be wrong with the batch is found before anything is changed.
      const gone = (batch.delete ?? []).map(requireKey);
      const put = (batch.put ?? []).map(([key, value]) => ({
        key: requireKey(key),
        value: requireValue(value),
      }));
      const change = (await this.open()).transaction('table', 'readwrite', {
        durability: 'strict',
      });
      const steps: Promise<unknown>[] = [change.done];
      try {
        for (const key of gone) steps.push(change.store.delete(key));
        for (const { key, value } of put) steps.push(change.store.put(value, key));
        await Promise.all(steps);
      } catch (cause) {
        for (const step of steps) step.catch(() => undefined); // one cause is enough
        abort(change);
        // The transaction knows why it ended (no room left); a single request may only say that it did.
        throw change.error ?? cause;
      }
      return {};
    });
  }
}

function abort(change: { abort(): void }): void {
  try {
    change.abort();
  } catch {
    // It has ended by itself.
  }
}

async function named<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw asStorageFailure(cause);
  }
}
