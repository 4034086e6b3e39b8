// An engine that does what the test says, behind the boundary's three calls.
import type { WasmEngine } from '../../src/engine/engine.mjs';
import type { FromEngine, ToEngine } from '../../src/protocol';
import type { HostClock } from '../../src/engine-host';

export class FakeEngine implements WasmEngine {
  readonly received: ToEngine[] = [];
  readonly outbox: FromEngine[] = [];
  wakeMs = Infinity;
  failNext: Error | null = null;
  drains: number[] = [];

  push(message: string): void {
    this.received.push(JSON.parse(message) as ToEngine);
  }

  drain(nowMs: number): string {
    this.drains.push(nowMs);
    if (this.failNext !== null) throw this.failNext;
    return JSON.stringify(this.outbox.splice(0));
  }

  nextWakeMs(): number {
    return this.wakeMs;
  }

  delete(): void {
    this.outbox.length = 0;
  }
}

/** Time that moves only when told to. */
export class FakeClock implements HostClock {
  nowMs = 1_000;
  wallMs = 1_700_000_000_000;
  private timers = new Map<number, { at: number; run: () => void }>();
  private nextTimer = 1;

  now(): number {
    return this.nowMs;
  }

  unixMs(): number {
    return this.wallMs;
  }

  setTimer(run: () => void, delayMs: number): number {
    this.timers.set(this.nextTimer, { at: this.nowMs + delayMs, run });
    return this.nextTimer++;
  }

  clearTimer(id: number): void {
    this.timers.delete(id);
  }

  advance(ms: number): void {
    const end = this.nowMs + ms;
    for (;;) {
      const due = [...this.timers]
        .filter(([, { at }]) => at <= end)
        .sort((a, b) => a[1].at - b[1].at);
      const first = due[0];
      if (first === undefined) break;
      this.timers.delete(first[0]);
      this.wallMs += first[1].at - this.nowMs;
      this.nowMs = first[1].at;
      first[1].run();
    }
    this.wallMs += end - this.nowMs;
    this.nowMs = end;
  }
}
