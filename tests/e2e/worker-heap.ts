// Looks for secrets in the JavaScript heap of the engine's worker: in every string, however it is put together. The
// bytes of buffers are in no heap snapshot (engine-memory.ts reads those of the engine). Also at the last moment of a lock, between the wiping and the end of the worker: its script then stops at a
// `debugger` statement (engine-memory.ts), which does nothing to a worker that nobody looks into.
//
// Playwright has no session for a worker, so the page's carries the messages of one.
import type { CDPSession, Page } from '@playwright/test';

export type HeapLook = {
  found: string[];
  /** How many texts: none would mean that nothing was looked at. */
  strings: number;
};

type Reply = { id?: number; method?: string; params?: unknown; result?: unknown; error?: unknown };

// As src/engine-session.ts waits for a worker that is to wipe its keys; stopped in the middle, it takes longer.
const LOCK_MS = 500;
const PATIENCE_MS = 60_000;

export class WorkerHeap {
  private session = '';
  private lastId = 0;
  private chunks: string[] = [];
  private readonly waiting = new Map<number, (reply: Reply) => void>();
  private onPaused: (() => void) | null = null;

  private constructor(private readonly devtools: CDPSession) {}

  /** REQUIRES: before the page is opened. */
  static async of(page: Page): Promise<WorkerHeap> {
    await page.addInitScript(
      ([lock, patience]) => {
        const real = window.setTimeout.bind(window);
        Object.assign(window, {
          setTimeout: (then: () => void, ms?: number) => real(then, ms === lock ? patience : ms),
        });
      },
      [LOCK_MS, PATIENCE_MS] as const,
    );
    const devtools = await page.context().newCDPSession(page);
    const heap = new WorkerHeap(devtools);
    devtools.on('Target.attachedToTarget', ({ targetInfo, sessionId }) => {
      if (!targetInfo.url.includes('/engine-worker-')) return;
      heap.session = sessionId;
      void heap.ask('Debugger.enable');
    });
    devtools.on('Target.receivedMessageFromTarget', ({ sessionId, message }) => {
      if (sessionId === heap.session) heap.receive(JSON.parse(message) as Reply);
    });
    await devtools.send('Target.setAutoAttach', {
      autoAttach: true,
      waitForDebuggerOnStart: false,
      flatten: false,
    });
    return heap;
  }

  /** After a garbage collection. */
  async look(secrets: readonly string[]): Promise<HeapLook> {
    const texts = stringsOf(await this.snapshot());
    const found = secrets.filter((secret) => texts.some((text) => text.includes(secret)));
    return { found, strings: texts.length };
  }

  /** What is there at the end of the lock that `lock` causes. */
  async atLock(secrets: readonly string[], lock: () => Promise<void>): Promise<HeapLook> {
    const paused = new Promise<void>((done) => (this.onPaused = done));
    const locking = lock();
    await paused;
    const looked = await this.look(secrets);
    await this.ask('Debugger.resume');
    await locking;
    return looked;
  }

  /** Puts it there until the worker ends: as it is, or put together of two strings. */
  async plant(secret: string, how: 'whole' | 'pieces'): Promise<void> {
    const middle = Math.floor(secret.length / 2);
    const make = {
      whole: 'text',
      pieces: `text.slice(0, ${middle}) + text.slice(${middle})`,
    }[how];
    // Turned round, so that the expression is not what is found.
    const turned = JSON.stringify([...secret].reverse().join(''));
    await this.ask('Runtime.evaluate', {
      expression: `{ const text = [...${turned}].reverse().join(''); self.planted = ${make}; }`,
    });
  }

  private async snapshot(): Promise<Snapshot> {
    this.chunks = [];
    await this.ask('HeapProfiler.enable');
    await this.ask('HeapProfiler.takeHeapSnapshot');
    const snapshot = JSON.parse(this.chunks.join('')) as Snapshot;
    this.chunks = [];
    return snapshot;
  }

  private async ask(method: string, params: object = {}): Promise<unknown> {
    const id = ++this.lastId;

    const reply = new Promise<Reply>((done) => this.waiting.set(id, done));
    await this.devtools.send('Target.sendMessageToTarget', {
      sessionId: this.session,
      message: JSON.stringify({ id, method, params }),
    });
    const { result, error } = await reply;
    if (error !== undefined) throw new Error(`${method}: ${JSON.stringify(error)}`);
    return result;
  }

  private receive(message: Reply): void {
    if (message.id !== undefined) {
      this.waiting.get(message.id)?.(message);
      this.waiting.delete(message.id);
    } else if (message.method === 'HeapProfiler.addHeapSnapshotChunk') {
      this.chunks.push((message.params as { chunk: string }).chunk);
    } else if (message.method === 'Debugger.paused') {
      this.onPaused?.();
      this.onPaused = null;
    }
  }
}

// The format of Chromium's heap snapshots: rows of numbers, and what each column means.
type Snapshot = {
  snapshot: {
    meta: {
      node_fields: string[];
      node_types: [string[], ...unknown[]];
      edge_fields: string[];
    };
  };
  nodes: number[];
  edges: number[];
  strings: string[];
};

const PIECES_MAX = 10_000;

/** All texts: the names and strings there are, and those that are put together of two others. */
function stringsOf({ snapshot, nodes, edges, strings }: Snapshot): string[] {
  const { node_fields: nodeFields, node_types: nodeTypes, edge_fields: edgeFields } = snapshot.meta;
  const [type, name, count] = ['type', 'name', 'edge_count'].map((one) => nodeFields.indexOf(one));
  const to = edgeFields.indexOf('to_node');
  if (type === undefined || name === undefined || count === undefined || to === -1) {
    throw new Error('The heap snapshot has another format than is known here.');
  }
  const joined = nodeTypes[0].indexOf('concatenated string');
  const firstEdge = new Map<number, number>();
  for (let at = 0, edge = 0; at < nodes.length; at += nodeFields.length) {
    firstEdge.set(at, edge);
    edge += (nodes[at + count] ?? 0) * edgeFields.length;
  }
  const textOf = (start: number): string => {
    const parts: string[] = [];
    const left = [start];
    for (let seen = 0; left.length > 0 && seen < PIECES_MAX; seen += 1) {
      const at = left.pop() ?? 0;
      if (nodes[at + type] !== joined) {
        parts.push(strings[nodes[at + name] ?? 0] ?? '');
        continue;
      }
      const edge = firstEdge.get(at) ?? 0;
      const pieces = Array.from(
        { length: nodes[at + count] ?? 0 },
        (_, index) => edges[edge + index * edgeFields.length + to] ?? 0,
      );
      // `map` and the like come along as edges, too; they are no text and have short names.
      left.push(...pieces.filter((piece) => isText(piece)).reverse());
    }
    return parts.join('');
  };
  const isText = (at: number): boolean =>
    ['string', 'concatenated string', 'sliced string'].includes(
      nodeTypes[0][nodes[at + type] ?? 0] ?? '',
    );
  const whole = [...strings];
  for (let at = 0; at < nodes.length; at += nodeFields.length) {
    if (nodes[at + type] === joined) whole.push(textOf(at));
  }
  return whole;
}
