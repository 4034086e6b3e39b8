// Looks for planted secrets wherever a browser could keep or send them: requests, the console, storage,
// and the heap and WebAssembly memory of the page. The engine's worker is engine-memory.ts's.
//
// Memory is read through the DevTools protocol, because a page cannot look into its own heap.
import type { CDPSession, Page, Request } from '@playwright/test';
import { everythingStored } from './stored.ts';

/** Where a secret was found, e.g. `heap of the page`. */
export type Leak = { secret: string; where: string };

const CHUNK = 'HeapProfiler.addHeapSnapshotChunk';

export class LeakSearch {
  private readonly said: string[] = [];

  /** Listens from now on. */
  constructor(private readonly page: Page) {
    this.listen();
  }

  /** Whatever was sent or written so far; the page's own text; local storage; every database. */
  async outside(): Promise<Map<string, string>> {
    return new Map([
      ['requests and console', this.said.join('\n')],
      ['text of the page', await this.page.content()],
      ['storage', await everythingStored(this.page)],
    ]);
  }

  /** The heap of the page after a garbage collection, and the memories of its modules. */
  async memory(secrets: readonly string[]): Promise<Leak[]> {
    const devtools = await this.page.context().newCDPSession(this.page);
    const leaks = find(secrets, new Map([['heap of the page', await heapOf(devtools)]]));
    for (const secret of await secretsInModules(devtools, secrets)) {
      leaks.push({ secret, where: 'WebAssembly memory of the page' });
    }
    await devtools.detach();
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
}

async function heapOf(devtools: CDPSession): Promise<string> {
  const parts: string[] = [];
  devtools.on(CHUNK, ({ chunk }) => parts.push(chunk));
  await devtools.send('HeapProfiler.enable');
  await devtools.send('HeapProfiler.takeHeapSnapshot');
  return parts.join('');
}

export function find(secrets: readonly string[], places: Map<string, string>): Leak[] {
  return [...places].flatMap(([where, text]) =>
    secrets.filter((secret) => text.includes(secret)).map((secret) => ({ secret, where })),
  );
}

async function secretsInModules(
  devtools: CDPSession,
  secrets: readonly string[],
): Promise<string[]> {
  const { result } = await devtools.send('Runtime.evaluate', {
    expression: 'WebAssembly.Memory.prototype',
  });
  const { objects } = await devtools.send('Runtime.queryObjects', {
    prototypeObjectId: result.objectId ?? '',
  });
  const found = await devtools.send('Runtime.callFunctionOn', {
    objectId: objects.objectId,
    returnByValue: true,
    functionDeclaration: searchMemories.toString(),
    // Not as they are: the search itself must not put them where it looks.
    arguments: [{ value: secrets.map((secret) => [...secret].reverse().join('')) }],
  });
  return (found.result.value as string[]).map((reversed) => [...reversed].reverse().join(''));
}

/** Runs in the page, on the list of its memories. */
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
