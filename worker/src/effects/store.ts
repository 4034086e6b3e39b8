// store.load and store.save over IndexedDB. Secret values are sealed with AES-256-GCM under a device
// key that JavaScript cannot read out; the record's own name is authenticated with it, so that two
// sealed records cannot be swapped.
import { EffectFailure } from './effect';
import type { Database, StoredRecord } from './database';
import { asStorageFailure } from './storage-failure';

const DEVICE_KEY = 'device';
const IV_BYTES = 12;

export class BrowserStore {
  private readonly open: () => Promise<Database>;
  private deviceKey: Promise<CryptoKey> | undefined;
  // Sealing takes a moment, so two saves of one key could land in the wrong order: one at a time.
  private last: Promise<unknown> = Promise.resolve();

  constructor(open: () => Promise<Database>) {
    this.open = open;
  }

  load(key: string): Promise<{ value: string | null }> {
    return this.inOrder(async () => {
      const record = await (await this.open()).get('records', key);
      if (record === undefined) return { value: null };
      return { value: record.secret ? await this.unseal(record) : record.value };
    });
  }

  save(key: string, value: string, secret: boolean): Promise<Record<string, never>> {
    return this.inOrder(async () => {
      const record: StoredRecord = secret
        ? await this.seal(key, value)
        : { key, secret: false, value };
      const database = await this.open();
      const change = database.transaction('records', 'readwrite', { durability: 'strict' });
      await Promise.all([change.store.put(record), change.done]);
      return {};
    });
  }

  private inOrder<T>(work: () => Promise<T>): Promise<T> {
    const next = this.last.then(work).catch((cause: unknown) => {
      throw asStorageFailure(cause);
    });
    this.last = next.catch(() => undefined);
    return next;
  }

  private async seal(key: string, value: string): Promise<StoredRecord> {
    const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
    const sealed = await crypto.subtle.encrypt(
      { name: 'AES-GCM', iv, additionalData: new TextEncoder().encode(key) },
      await this.key(),
      new TextEncoder().encode(value),
    );
    return { key, secret: true, iv, sealed };
  }

  private async unseal(record: Extract<StoredRecord, { secret: true }>): Promise<string> {
    try {
      const plain = await crypto.subtle.decrypt(
        {
          name: 'AES-GCM',
          iv: record.iv,
          additionalData: new TextEncoder().encode(record.key),
        },
        await this.key(),
        record.sealed,
      );
      return new TextDecoder().decode(plain);
    } catch {
      throw new EffectFailure(
        'store_failed',
        `What this browser keeps under "${record.key}" cannot be opened: it was changed, or the key of this browser is gone.`,
      );
    }
  }

  private key(): Promise<CryptoKey> {
    this.deviceKey ??= this.loadKey().catch((cause: unknown) => {
      this.deviceKey = undefined;
      throw cause;
    });
    return this.deviceKey;
  }

  private async loadKey(): Promise<CryptoKey> {
    const database = await this.open();
    const known = await database.get('keys', DEVICE_KEY);
    if (known !== undefined) return known.key;
    const made = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, [
      'encrypt',
      'decrypt',
    ]);
    // Another tab may have made one meanwhile: the first one in stays.
    const change = database.transaction('keys', 'readwrite', { durability: 'strict' });
    const first = await change.store.get(DEVICE_KEY);
    if (first === undefined) await change.store.put({ name: DEVICE_KEY, key: made });
    await change.done;
    return first?.key ?? made;
  }
}
