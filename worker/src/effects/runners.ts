// The browser's doors, put together: every effect's name and what performs it.
import type { Effect } from '../protocol';
import type { EffectRunner } from './effect';
import { dropBlob, loadBlob } from './blobs';
import type { Database } from './database';
import { type HttpBody, sendHttp } from './http';
import { keyringRunners } from '../keyring/effects';
import type { Keyring } from '../keyring/keyring';
import type { BrowserStore } from './store';
import { openStream, type StreamBody } from './stream';
import { BrowserTable, type TableApply, type TableGet, type TableScan } from './table';
import { uploadBlob } from './upload';

type LogBody = { level: string; message: string };

function log({ level, message }: LogBody): void {
  const write =
    level === 'error' ? console.error : level === 'warning' ? console.warn : console.info;
  write(message);
}

export function browserRunners(
  openDatabase: () => Promise<Database>,
  store: BrowserStore,
  keyring: Keyring,
): Record<Effect['name'], EffectRunner> {
  const table = new BrowserTable(openDatabase);
  const doors = {
    fetch: fetch.bind(globalThis),
    upload: uploadBlob,
    loadBlob: async (sha256: string) => loadBlob(await openDatabase(), sha256),
    online: () => navigator.onLine,
  };
  return {
    ...keyringRunners(keyring),
    'http.send': (body, signal, onChunk) => sendHttp(doors, body as HttpBody, signal, onChunk),
    'stream.open': (body, signal, onChunk) => openStream(body as StreamBody, signal, onChunk),
    'store.load': (body) => store.load((body as { key: string }).key),
    'store.save': (body) => {
      const { key, value, secret } = body as { key: string; value: string; secret?: boolean };
      return store.save(key, value, secret ?? false);
    },
    'table.get': (body) => table.get(body as TableGet),
    'table.scan': (body) => table.scan(body as TableScan),
    'table.apply': (body) => table.apply(body as TableApply),
    'blob.drop': async (body) => dropBlob(await openDatabase(), (body as { blob: string }).blob),
    log: (body) => {
      log(body as LogBody);
      return Promise.resolve({});
    },
  };
}
