// Looks for secrets in the WebAssembly memory of the engine's worker (its JavaScript heap is worker-heap.ts's): its script
// is served with a few lines before it, which keep hold of the memory and search it when asked, and by themselves
// at the last moment of a lock, between the wiping and the end of the worker.
import type { Page } from '@playwright/test';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './cloud.ts';

const CHANNEL = 'e2e-engine-memory';

export type Looked = {
  found: string[];
  /** Of all its memories: none would mean that nothing was looked at. */
  bytes: number;
};

type Heard = { at: 'asked' | 'locked'; reversed: string[]; bytes: number };

const turn = (text: string): string => [...text].reverse().join('');

export class EngineMemory {
  /** REQUIRES: the page is that of a `watchedBuild`. */
  constructor(private readonly page: Page) {}

  /** Searches now; the same secrets are looked for at the next lock. */
  async look(secrets: readonly string[]): Promise<Looked> {
    // Turned round: the search itself must not put them where it looks.
    return this.hear('asked', secrets.map(turn));
  }

  /** What is there at the end of the lock that `lock` causes. */
  async atLock(lock: () => Promise<void>): Promise<Looked> {
    const heard = this.hear('locked');
    await lock();
    return heard;
  }

  private async hear(at: Heard['at'], look?: string[]): Promise<Looked> {
    const { reversed, bytes } = await this.page.evaluate(
      ([name, awaited, ask]) =>
        new Promise<Heard>((done) => {
          const channel = new BroadcastChannel(name);
          channel.onmessage = ({ data }: MessageEvent<Heard>) => {
            if (data.at !== awaited) return;
            channel.close();
            done(data);
          };
          if (ask) channel.postMessage({ look: ask });
        }),
      [CHANNEL, at, look] as const,
    );
    return { found: reversed.map(turn), bytes };
  }
}

/** A copy of the build whose engine can be looked into. A changed answer to the browser's request would not do: a
 * worker that comes from nowhere may not speak to nodes on this machine. */
export async function watchedBuild(): Promise<{ folder: string; remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'a67-watched-'));
  await cp(join(ROOT, 'web/dist'), folder, { recursive: true });
  const assets = join(folder, 'assets');
  let scripts = 0;
  for (const file of await readdir(assets)) {
    if (!file.startsWith('engine-worker-')) continue;
    const path = join(assets, file);
    if (file.endsWith('.js')) {
      const begin = `(${watch.toString()})(${JSON.stringify(CHANNEL)});\n`;
      await writeFile(path, begin + (await readFile(path, 'utf8')));
      ++scripts;
    } else {
      await rm(path); // compressed, as it was
    }
  }
  if (scripts !== 1) throw new Error(`${scripts} scripts look like that of the engine's worker`);
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** Runs in the worker, before its own script. */
function watch(name: string): void {
  const memories: WebAssembly.Memory[] = [];
  const keep = ({ exports }: WebAssembly.Instance): void => {
    for (const one of Object.values(exports)) {
      if (one instanceof WebAssembly.Memory) memories.push(one);
    }
  };
  const { instantiate, instantiateStreaming } = WebAssembly;
  Object.assign(WebAssembly, {
    instantiate: async (...all: Parameters<typeof instantiate>) => {
      const made: unknown = await instantiate(...all);
      keep(
        made instanceof WebAssembly.Instance
          ? made
          : (made as { instance: WebAssembly.Instance }).instance,
      );
      return made;
    },
    instantiateStreaming: async (...all: Parameters<typeof instantiateStreaming>) => {
      const made = await instantiateStreaming(...all);
      keep(made.instance);
      return made;
    },
  });

  let wanted: string[] = [];
  const has = (bytes: Uint8Array, reversed: string): boolean => {
    const word = new TextEncoder().encode(reversed).reverse();
    const first = word[0] ?? 0;
    for (let at = bytes.indexOf(first); at !== -1; at = bytes.indexOf(first, at + 1)) {
      if (word.every((byte, offset) => bytes[at + offset] === byte)) return true;
    }
    return false;
  };
  const search = (at: string) => {
    const views = memories.map(({ buffer }) => new Uint8Array(buffer));
    return {
      at,
      reversed: wanted.filter((one) => views.some((bytes) => has(bytes, one))),
      bytes: views.reduce((sum, { length }) => sum + length, 0),
    };
  };

  const channel = new BroadcastChannel(name);
  channel.onmessage = ({ data }: MessageEvent<{ look?: string[] }>) => {
    if (data.look === undefined) return;
    wanted = data.look;
    channel.postMessage(search('asked'));
  };
  const say = self.postMessage.bind(self) as (...all: unknown[]) => void;
  Object.assign(self, {
    postMessage: (message: { kind?: string }, ...rest: unknown[]) => {
      if (message.kind === 'locked') {
        channel.postMessage(search('locked'));
        // eslint-disable-next-line no-debugger -- where worker-heap.ts looks around
        debugger;
      }
      say(message, ...rest);
    },
  });
}
