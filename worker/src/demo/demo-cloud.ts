// The played cloud behind the effects of an engine: three nodes and an entry gateway under names that lead
// nowhere (RFC 6761, `.invalid`), and a store in memory. Nothing of it touches the network or the disk.
import type { EffectName } from '../protocol';
import { EffectFailure, type EffectRunner, type SendChunk } from '../effects/effect';
import type { HttpBody, HttpResult } from '../effects/http';
import type { StreamBody } from '../effects/stream';
import { DemoNode } from './demo-node';

export type DemoClock = { now(): number; unixMs(): number };

const TICK_MS = 250;
const STATUS_EVERY_TICKS = 8;
const CRASH_EVERY_TICKS = 240;
const ANSWER_MS = 20;

export const DEMO_CODE = 'DEM0-DEM0-DEM0';
export const DEMO_NODES = [
  { id: 'demo-attic', name: 'demo-1', role: 'worker', cpus: 4 },
  { id: 'demo-cellar', name: 'demo-2', role: 'worker', cpus: 8 },
  { id: 'demo-garage', name: 'demo-3', role: 'worker', cpus: 2 },
] as const;
export const demoUrlOf = (name: string): string => `https://${name}.invalid`;

type LogsRequest = { app: string; replica?: string; tail?: number; follow?: boolean };

export class DemoCloud {
  readonly nodes: DemoNode[];
  private readonly store = new Map<string, string>();
  private ticks = 0;

  constructor(clock: DemoClock) {
    this.nodes = DEMO_NODES.map((facts) => new DemoNode(facts, clock));
  }

  /** Lets time pass for as long as the worker lives. */
  start(): void {
    setInterval(() => {
      this.tick();
    }, TICK_MS);
  }

  tick(): void {
    this.ticks += 1;
    for (const node of this.nodes) {
      node.tick();
      if (this.ticks % 4 === 0) node.speak();
      if (this.ticks % STATUS_EVERY_TICKS === 0) node.changed();
    }
    if (this.ticks % CRASH_EVERY_TICKS === 0) this.nodes.some((node) => node.crashOne());
  }

  runners(): Record<EffectName, EffectRunner> {
    const none: EffectRunner = () =>
      Promise.reject(new EffectFailure('not_found', 'The demo has no vault.'));
    const keys = Object.fromEntries(KEY_EFFECTS.map((name) => [name, none])) as Record<
      (typeof KEY_EFFECTS)[number],
      EffectRunner
    >;
    return {
      ...keys,
      'http.send': (body) => this.send(body as HttpBody),
      'stream.open': (body, signal, onChunk) => this.stream(body as StreamBody, signal, onChunk),
      'store.load': (body) =>
        Promise.resolve({ value: this.store.get((body as { key: string }).key) ?? null }),
      'store.save': (body) => {
        const { key, value } = body as { key: string; value: string };
        this.store.set(key, value);
        return Promise.resolve({});
      },
      'blob.drop': () => Promise.resolve({}),
      log: () => Promise.resolve({}),
    };
  }

  private nodeAt(url: string): DemoNode {
    const { hostname } = new URL(url);
    const found = this.nodes.find(({ facts }) => `${facts.name}.invalid` === hostname);
    if (found === undefined) {
      throw new EffectFailure('unreachable', `Nobody answered at ${hostname}.`, {
        hint: 'The demo has the nodes demo-1 to demo-3 and no network.',
      });
    }
    return found;
  }

  private async send({ method, url, body }: HttpBody): Promise<HttpResult> {
    const node = this.nodeAt(url);
    await new Promise((resolve) => setTimeout(resolve, ANSWER_MS));
    const answer = node.answer(method, new URL(url).pathname, body ?? '');
    return {
      status: answer.status,
      headers: [['content-type', 'application/json']],
      body: JSON.stringify(answer.body),
    };
  }

  private async stream(
    { url, first }: StreamBody,
    signal: AbortSignal,
    onChunk: SendChunk,
  ): Promise<Record<string, never>> {
    const node = this.nodeAt(url);
    const text = (message: unknown): void => {
      onChunk({ text: JSON.stringify(message) });
    };
    onChunk({ open: true });
    if (new URL(url).pathname === '/v1/events') {
      const end = node.watch((status) => {
        text({ type: 'status', status });
      });
      await untilAborted(signal);
      end();
      return {};
    }
    const { app, replica, tail = 0, follow = false } = JSON.parse(first) as LogsRequest;
    const tell = (line: unknown): void => {
      text({ type: 'lines', lines: [line] });
    };
    const reading = node.logs(app, replica, tail, follow ? tell : undefined);
    text({ type: 'lines', lines: reading.lines });
    if (follow) await untilAborted(signal);
    else text({ type: 'end' });
    reading.end();
    return {};
  }
}

const KEY_EFFECTS = [
  'key.derive',
  'key.make',
  'key.rewrap',
  'key.open',
  'key.pin',
  'key.subkey',
  'key.seal',
  'key.open_sealed',
  'key.mac',
  'key.forget',
  'table.get',
  'table.scan',
  'table.apply',
] as const;

function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => {
      resolve();
    });
  });
}
