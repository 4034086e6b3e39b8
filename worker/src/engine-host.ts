// Drives one engine inside the worker: hands it messages, performs the effects it asks for, and
// wakes it when it wants to be woken. It knows no browser interface: effects, clocks and the way to
// the page come in, so that tests run it with a fake engine.
import type { WasmEngine } from './engine/engine.mjs';
import type { Effect, ForEngine, FromEngine, ToEngine, ToPage } from './protocol';
import { FIRST_WORKSPACE } from './workspace';
import { type EffectRunner, effectErrorOf } from './effects/effect';

export type HostClock = {
  /** Monotonic milliseconds. */
  now(): number;
  unixMs(): number;
  setTimer(run: () => void, delayMs: number): number;
  clearTimer(id: number): void;
};

export type HostOptions = {
  engine: WasmEngine;
  runners: Record<Effect['name'], EffectRunner>;
  post: (message: ToPage) => void;
  clock: HostClock;
  /** 32 bytes from the operating system. */
  seed: Uint8Array;
  /** False: what the engine keeps lies open in its store (the demo's, in memory). */
  vault?: boolean;
  /** Where the page comes from: its host may forward requests to providers. */
  origin?: string;
};

/** A wall clock that moved this much against the monotonic one was set, or the device slept. */
export const CLOCK_JUMP_MS_MIN = 1_000;
/** How often the wall clock is looked at when nothing else happens. */
export const CLOCK_CHECK_MS = 5_000;

export class EngineHost {
  private readonly options: HostOptions;
  private readonly running = new Map<number, AbortController>();
  private timer: number | undefined;
  private wallOffsetMs: number;
  private stopped = false;
  private pumping = false;
  private pumpsAsked = 0;

  constructor(options: HostOptions) {
    this.options = options;
    this.wallOffsetMs = this.measureOffset();
  }

  start(workspace = FIRST_WORKSPACE): void {
    const seed = [...this.options.seed].map((byte) => byte.toString(16).padStart(2, '0')).join('');
    this.tell({
      kind: 'start',
      seed,
      unixMs: this.options.clock.unixMs(),
      host: 'browser',
      vault: this.options.vault ?? true,
      workspace,
      origin: this.options.origin ?? '',
    });
  }

  /** A message from the page. */
  accept(message: ForEngine): void {
    this.tell(message);
  }

  /** Lets go of every effect; the engine is not called again. */
  stop(): void {
    this.stopped = true;
    if (this.timer !== undefined) this.options.clock.clearTimer(this.timer);
    for (const controller of this.running.values()) controller.abort();
    this.running.clear();
  }

  private tell(message: ToEngine): void {
    if (this.stopped) return;
    this.guard(() => {
      this.options.engine.push(JSON.stringify(message));
    });
    this.pump();
  }

  // An effect that ends at once calls tell() while the outbox is still being walked: the walk goes
  // on first, and another one follows.
  private pump(): void {
    this.pumpsAsked += 1;
    if (this.pumping) return;
    this.pumping = true;
    try {
      while (this.pumpsAsked > 0) {
        this.pumpsAsked = 0;
        this.checkClock();
        this.guard(() => {
          this.drainOnce();
        });
      }
    } finally {
      this.pumping = false;
    }
    this.schedule();
  }

  private drainOnce(): void {
    const { engine, clock } = this.options;
    for (const out of JSON.parse(engine.drain(clock.now())) as FromEngine[]) {
      switch (out.kind) {
        case 'effect':
          void this.perform(out);
          break;
        case 'effect.cancel':
          this.running.get(out.id)?.abort();
          this.running.delete(out.id);
          break;
        case 'crashed':
          throw new Error(out.reason);
        default:
          this.options.post(out);
      }
    }
  }

  private async perform(effect: Effect): Promise<void> {
    const controller = new AbortController();
    const { signal } = controller;
    this.running.set(effect.id, controller);
    let end: ToEngine;
    try {
      const body = await this.options.runners[effect.name](effect.body, signal, (chunk) => {
        if (!signal.aborted) this.tell({ kind: 'chunk', id: effect.id, body: chunk });
      });
      end = { kind: 'result', id: effect.id, body };
    } catch (cause) {
      end = { kind: 'error', id: effect.id, error: effectErrorOf(cause) };
    }
    this.running.delete(effect.id);
    // A cancelled effect is forgotten by the engine, and a log line is not answered.
    if (!signal.aborted && effect.name !== 'log') this.tell(end);
  }

  private schedule(): void {
    const { engine, clock } = this.options;
    if (this.timer !== undefined) clock.clearTimer(this.timer);
    this.timer = undefined;
    if (this.stopped) return;
    this.guard(() => {
      const delay = Math.max(0, engine.nextWakeMs() - clock.now());
      this.timer = clock.setTimer(
        () => {
          this.timer = undefined;
          this.pump();
        },
        Math.min(delay, CLOCK_CHECK_MS),
      );
    });
  }

  private measureOffset(): number {
    return this.options.clock.unixMs() - this.options.clock.now();
  }

  private checkClock(): void {
    const offset = this.measureOffset();
    if (Math.abs(offset - this.wallOffsetMs) <= CLOCK_JUMP_MS_MIN) return;
    this.wallOffsetMs = offset;
    const message: ToEngine = { kind: 'clock', unixMs: this.options.clock.unixMs() };
    this.guard(() => {
      this.options.engine.push(JSON.stringify(message));
    });
  }

  // A trap inside the module leaves its memory in an unknown state: nothing may call it again.
  private guard(call: () => void): void {
    if (this.stopped) return;
    try {
      call();
    } catch (cause) {
      this.stop();
      const reason = cause instanceof Error ? cause.message : String(cause);
      this.options.post({ kind: 'crashed', reason });
    }
  }
}
