// Looks for planted secrets wherever a browser could keep or send them: requests, the console, storage,
// the memory of every WebAssembly module and the heap of the page and its workers.
//
// Memory is read through the DevTools protocol, because a page cannot look into its own heap.
import type { CDPSession, Page, Request } from '@playwright/test';

/** Where a secret was found, e.g. `heap of the page`. */
export type Leak = { secret: string; where: string };

type Target = {
  name: string;
  send: (method: string, params?: object) => Promise<Record<string, unknown>>;
  heap: () => Promise<string>;
};

type Attached = { sessionId: string; targetInfo: { type: string; title: string; url: string } };

const CHUNK = 'HeapProfiler.addHeapSnapshotChunk';

export class LeakSearch {
  private readonly said: string[] = [];
  private readonly workers = new Map<string, Target>();

  private constructor(
    private readonly page: Page,
    private readonly devtools: CDPSession,
  ) {}

  /** Listens from now on. */
  static async of(page: Page): Promise<LeakSearch> {
    const search = new LeakSearch(page, await page.context().newCDPSession(page));
    search.listen();
    await search.attachWorkers();
    return search;
  }

  /** Whatever was sent or written so far; the page's own text; local storage; every database. */
  async outside(): Promise<Map<string, string>> {
    return new Map([
      ['requests and console', this.said.join('\n')],
      ['text of the page', await this.page.content()],
      ['storage', await this.page.evaluate(dumpStorage)],
    ]);
  }

  /** The heaps of the page and its workers, after a garbage collection, and their modules' memories. */
  async memory(secrets: readonly string[]): Promise<Leak[]> {
    const leaks: Leak[] = [];
    for (const target of [this.pageTarget(), ...this.workers.values()]) {
      leaks.push(...find(secrets, new Map([[`heap of ${target.name}`, await target.heap()]])));
      for (const secret of await secretsInModules(target, secrets)) {
        leaks.push({ secret, where: `WebAssembly memory of ${target.name}` });
      }
    }
    return leaks;
  }

  private listen(): void {
    const note = (request: Request): void => {
      this.said.push(
        `${request.method()} ${request.url()} ${JSON.stringify(request.headers())} ${request.postData() ?? ''}`,
      );
    };
    this.page.on('request', note);
    this.page.on('console', (message) => this.said.push(message.text()));
    this.page.on('pageerror', (error) => this.said.push(`${error.message}\n${error.stack ?? ''}`));
  }

  private async attachWorkers(): Promise<void> {
    const waiting = new Map<number, (answer: Record<string, unknown>) => void>();
    const chunks = new Map<string, string[]>();
    let last = 0;
    this.devtools.on('Target.receivedMessageFromTarget', ({ sessionId, message }) => {
      const answer = JSON.parse(message) as {
        id?: number;
        method?: string;
        params?: { chunk: string };
        result?: Record<string, unknown>;
      };
      if (answer.id !== undefined) waiting.get(answer.id)?.(answer.result ?? {});
      if (answer.method === CHUNK) chunks.get(sessionId)?.push(answer.params?.chunk ?? '');
    });
    this.devtools.on('Target.attachedToTarget', ({ sessionId, targetInfo }: Attached) => {
      chunks.set(sessionId, []);
      const send = (method: string, params: object = {}): Promise<Record<string, unknown>> => {
        const id = ++last;
        return new Promise((done) => {
          waiting.set(id, done);
          void this.devtools.send('Target.sendMessageToTarget', {
            sessionId,
            message: JSON.stringify({ id, method, params }),
          });
        });
      };
      this.workers.set(sessionId, {
        name: `${targetInfo.type} ${targetInfo.title || targetInfo.url}`,
        send,
        heap: async () => {
          chunks.set(sessionId, []);
          await send('HeapProfiler.takeHeapSnapshot');
          return (chunks.get(sessionId) ?? []).join('');
        },
      });
    });
    this.devtools.on('Target.detachedFromTarget', ({ sessionId }) => {
      this.workers.delete(sessionId);
    });
    await this.devtools.send('Target.setAutoAttach', {
      autoAttach: true,
      waitForDebuggerOnStart: false,
      flatten: false,
    });
  }

  private pageTarget(): Target {
    return {
      name: 'the page',
      send: (method, params) =>
        this.devtools.send(method as never, params as never) as Promise<Record<string, unknown>>,
      heap: async () => {
        const parts: string[] = [];
        const take = ({ chunk }: { chunk: string }): void => {
          parts.push(chunk);
        };
        this.devtools.on(CHUNK, take);
        await this.devtools.send('HeapProfiler.takeHeapSnapshot');
        this.devtools.off(CHUNK, take);
        return parts.join('');
      },
    };
  }
}

export function find(secrets: readonly string[], places: Map<string, string>): Leak[] {
  return [...places].flatMap(([where, text]) =>
    secrets.filter((secret) => text.includes(secret)).map((secret) => ({ secret, where })),
  );
}

async function secretsInModules(target: Target, secrets: readonly string[]): Promise<string[]> {
  type Remote = {
    result?: { objectId?: string; value?: string[] };
    objects?: { objectId: string };
  };
  const prototype = (await target.send('Runtime.evaluate', {
    expression: 'WebAssembly.Memory.prototype',
  })) as Remote;
  const found = (await target.send('Runtime.queryObjects', {
    prototypeObjectId: prototype.result?.objectId,
  })) as Remote;
  const answer = (await target.send('Runtime.callFunctionOn', {
    objectId: found.objects?.objectId,
    returnByValue: true,
    functionDeclaration: searchMemories.toString(),
    // Not as they are: the search itself must not put them where it looks.
    arguments: [{ value: secrets.map((secret) => [...secret].reverse().join('')) }],
  })) as Remote;
  return (answer.result?.value ?? []).map((reversed) => [...reversed].reverse().join(''));
}

/** Runs in the page or worker, on the list of its memories. */
function searchMemories(this: WebAssembly.Memory[], reversed: string[]): string[] {
  return reversed.filter((one) => {
    const wanted = new TextEncoder().encode(one).reverse();
    return this.some((memory) => {
      const bytes = new Uint8Array(memory.buffer);
      for (
        let at = bytes.indexOf(wanted[0] ?? 0);
        at !== -1;
        at = bytes.indexOf(wanted[0] ?? 0, at + 1)
      ) {
        if (wanted.every((byte, offset) => bytes[at + offset] === byte)) return true;
      }
      return false;
    });
  });
}

/** Runs in the page: localStorage and every row of every database, bytes as Latin-1. */
async function dumpStorage(): Promise<string> {
  const answer = <T>(request: IDBRequest<T>): Promise<T> =>
    new Promise((done, fail) => {
      request.onsuccess = () => done(request.result);
      request.onerror = () => fail(request.error ?? new Error('not read'));
    });
  const texts: string[] = [
    JSON.stringify({ ...localStorage }),
    JSON.stringify({ ...sessionStorage }),
  ];
  for (const { name } of await indexedDB.databases()) {
    const database = await answer(indexedDB.open(name ?? ''));
    for (const store of database.objectStoreNames) {
      const rows = database.transaction(store).objectStore(store);
      for (const value of (await answer(rows.getAll())) as unknown[]) {
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
}
