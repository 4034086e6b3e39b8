// What lies in the browser, as text to be searched.
import type { Page } from '@playwright/test';

/** Everything of localStorage, of sessionStorage and of every IndexedDB database of the page's origin. */
export function everythingStored(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const texts: string[] = [
      JSON.stringify({ ...localStorage }),
      JSON.stringify({ ...sessionStorage }),
    ];
    for (const { name } of await indexedDB.databases()) {
      const database = await new Promise<IDBDatabase>((done, fail) => {
        const asked = indexedDB.open(name ?? '');
        asked.onsuccess = () => done(asked.result);
        asked.onerror = () => fail(asked.error ?? new Error('not opened'));
      });
      for (const store of database.objectStoreNames) {
        const values = await new Promise<unknown[]>((done, fail) => {
          const asked = database.transaction(store).objectStore(store).getAll();
          asked.onsuccess = () => done(asked.result);
          asked.onerror = () => fail(asked.error ?? new Error('not read'));
        });
        for (const value of values) {
          texts.push(
            value instanceof Uint8Array
              ? new TextDecoder('latin1').decode(value)
              : JSON.stringify(value),
          );
        }
      }
      database.close();
    }
    return texts.join('\n');
  });
}
