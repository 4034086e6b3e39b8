import { describe, expect, it, vi } from 'vitest';
import { EffectFailure, type EffectRunner } from '../src/effects/effect';
import { CLOCK_CHECK_MS, EngineHost } from '../src/engine-host';
import type { Effect, ToPage } from '../src/protocol';
import { FakeClock, FakeEngine } from './fakes/engine';
import { settle } from './fakes/worker';

const never: EffectRunner = () => new Promise(() => undefined);

function setUp(runner: EffectRunner = never) {
  const engine = new FakeEngine();
  const clock = new FakeClock();
  const posted: ToPage[] = [];
  const runners: Record<Effect['name'], EffectRunner> = {
    'http.send': runner,
    'stream.open': runner,
    'store.load': runner,
    'store.save': runner,
    'table.get': runner,
    'table.scan': runner,
    'table.apply': runner,
    'blob.drop': runner,
    log: runner,
    'key.derive': runner,
    'key.make': runner,
    'key.rewrap': runner,
    'key.open': runner,
    'key.pin': runner,
    'key.subkey': runner,
    'key.seal': runner,
    'key.open_sealed': runner,
    'key.mac': runner,
    'key.forget': runner,
  };
  const host = new EngineHost({
    engine,
    clock,
    runners,
    post: (message) => posted.push(message),
    seed: new Uint8Array(32).fill(0xab),
  });
  return { engine, clock, posted, host };
}

const effect = (id: number, name: Effect['name'] = 'http.send'): Effect => ({
  kind: 'effect',
  id,
  name,
  body: {},
});

describe('EngineHost', () => {
  it('starts the engine with a seed of 64 hex digits and the wall clock', () => {
    const { engine, host, clock } = setUp();
    host.start();
    expect(engine.received).toEqual([
      {
        kind: 'start',
        seed: 'ab'.repeat(32),
        unixMs: clock.wallMs,
        host: 'browser',
        vault: true,
        workspace: 'main',
        origin: '',
      },
    ]);
  });

  it('passes replies and events to the page and keeps effects to itself', () => {
    const { engine, host, posted } = setUp();
    engine.outbox.push({ kind: 'reply', id: 1, body: {} }, effect(7), {
      kind: 'event',
      name: 'node.changed',
      body: {},
    });
    host.accept({ kind: 'network', online: true });
    expect(posted.map(({ kind }) => kind)).toEqual(['reply', 'event']);
  });

  it('answers an effect with its result, after its chunks', async () => {
    const { engine, host } = setUp((_body, _signal, onChunk) => {
      onChunk({ sent: 1, total: 2 });
      return Promise.resolve({ status: 200 });
    });
    engine.outbox.push(effect(3));
    host.start();
    await settle();
    expect(engine.received.slice(1)).toEqual([
      { kind: 'chunk', id: 3, body: { sent: 1, total: 2 } },
      { kind: 'result', id: 3, body: { status: 200 } },
    ]);
  });

  it('answers a failed effect with its code and message', async () => {
    const { engine, host } = setUp(() =>
      Promise.reject(new EffectFailure('unreachable', 'Nobody answered.')),
    );
    engine.outbox.push(effect(3));
    host.start();
    await settle();
    expect(engine.received.at(-1)).toEqual({
      kind: 'error',
      id: 3,
      error: { code: 'unreachable', message: 'Nobody answered.' },
    });
  });

  it('says nothing more about a cancelled effect and aborts it', async () => {
    let seen: AbortSignal | undefined;
    const { engine, host } = setUp((_body, signal) => {
      seen = signal;
      return new Promise((resolve) => {
        signal.addEventListener('abort', () => {
          resolve({});
        });
      });
    });
    engine.outbox.push(effect(3));
    host.start();
    engine.outbox.push({ kind: 'effect.cancel', id: 3 });
    host.accept({ kind: 'network', online: true });
    await settle();
    expect(seen?.aborted).toBe(true);
    expect(engine.received.map(({ kind }) => kind)).toEqual(['start', 'network']);
  });

  it('does not answer log lines', async () => {
    const { engine, host } = setUp(() => Promise.resolve({}));
    engine.outbox.push(effect(4, 'log'));
    host.start();
    await settle();
    expect(engine.received).toHaveLength(1);
  });

  it('wakes the engine when it asked to be woken', () => {
    const { engine, host, clock } = setUp();
    engine.wakeMs = clock.nowMs + 250;
    host.start();
    engine.wakeMs = Infinity;
    const before = engine.drains.length;
    clock.advance(249);
    expect(engine.drains).toHaveLength(before);
    clock.advance(1);
    expect(engine.drains).toHaveLength(before + 1);
  });

  it('tells the engine when the wall clock jumps, and not while it just ticks', () => {
    const { engine, host, clock } = setUp();
    host.start();
    clock.advance(10 * CLOCK_CHECK_MS);
    expect(engine.received.filter(({ kind }) => kind === 'clock')).toEqual([]);
    clock.wallMs += 3_600_000;
    clock.advance(CLOCK_CHECK_MS);
    expect(engine.received.filter(({ kind }) => kind === 'clock')).toEqual([
      { kind: 'clock', unixMs: clock.wallMs },
    ]);
  });

  it('stops for good and says so when the engine traps', () => {
    const { engine, host, posted } = setUp();
    host.start();
    engine.failNext = new Error('unreachable executed');
    host.accept({ kind: 'network', online: false });
    host.accept({ kind: 'network', online: true });
    expect(posted).toEqual([{ kind: 'crashed', reason: 'unreachable executed' }]);
    expect(engine.received.filter(({ kind }) => kind === 'network')).toHaveLength(1);
  });

  it('treats a fault reported by the bridge as a crash', () => {
    const { engine, host, posted } = setUp(vi.fn(never));
    engine.outbox.push({ kind: 'crashed', reason: 'out of memory' });
    host.start();
    expect(posted).toEqual([{ kind: 'crashed', reason: 'out of memory' }]);
  });
});
