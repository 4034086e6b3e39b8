import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { autoLockStore, BUSY_MS_MAX, startAutoLock } from './auto-lock';

const MINUTE = 60_000;
const endings: (() => void)[] = [];
let visibility: DocumentVisibilityState = 'visible';

function start(busy = () => false): { locks: number } {
  const seen = { locks: 0 };
  endings.push(startAutoLock({ lock: () => (seen.locks += 1), busy }));
  return seen;
}

function setVisibility(next: DocumentVisibilityState): void {
  visibility = next;
  document.dispatchEvent(new Event('visibilitychange'));
}

const touch = () => window.dispatchEvent(new Event('pointerdown'));

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 4, 1) });
  visibility = 'visible';
  vi.spyOn(document, 'visibilityState', 'get').mockImplementation(() => visibility);
});

afterEach(() => {
  for (const end of endings.splice(0)) end();
  vi.useRealTimers();
});

describe('auto-lock', () => {
  test('locks once when nobody touched the page for as long as was set', () => {
    autoLockStore.set({ idleMinutes: 5 });
    const seen = start();
    vi.advanceTimersByTime(4.5 * MINUTE);
    expect(seen.locks).toBe(0);
    vi.advanceTimersByTime(MINUTE);
    expect(seen.locks).toBe(1);
    vi.advanceTimersByTime(60 * MINUTE);
    expect(seen.locks).toBe(1);
  });

  test('a touch begins the time anew', () => {
    autoLockStore.set({ idleMinutes: 5 });
    const seen = start();
    vi.advanceTimersByTime(4 * MINUTE);
    touch();
    vi.advanceTimersByTime(4 * MINUTE);
    expect(seen.locks).toBe(0);
    vi.advanceTimersByTime(2 * MINUTE);
    expect(seen.locks).toBe(1);
  });

  test('a touch in another tab counts', () => {
    autoLockStore.set({ idleMinutes: 5 });
    const seen = start();
    vi.advanceTimersByTime(4 * MINUTE);
    localStorage.setItem('a67.touched-at', String(Date.now()));
    vi.advanceTimersByTime(4 * MINUTE);
    expect(seen.locks).toBe(0);
  });

  test('the touch that wakes a machine from sleep comes too late', () => {
    autoLockStore.set({ idleMinutes: 5 });
    const seen = start();
    vi.setSystemTime(Date.now() + 60 * MINUTE);
    touch();
    expect(seen.locks).toBe(1);
  });

  test('out of sight for long: locks although idling may last longer', () => {
    autoLockStore.set({ idleMinutes: 60, hiddenMinutes: 5 });
    const seen = start();
    vi.advanceTimersByTime(20 * MINUTE);
    expect(seen.locks).toBe(0);
    setVisibility('hidden');
    vi.advanceTimersByTime(4 * MINUTE);
    expect(seen.locks).toBe(0);
    vi.advanceTimersByTime(2 * MINUTE);
    expect(seen.locks).toBe(1);
  });

  test('another tab in sight keeps it open', () => {
    autoLockStore.set({ idleMinutes: 0, hiddenMinutes: 5 });
    const seen = start();
    setVisibility('hidden');
    for (let minute = 0; minute < 10; minute += 1) {
      localStorage.setItem('a67.seen-at', String(Date.now()));
      vi.advanceTimersByTime(MINUTE);
    }
    expect(seen.locks).toBe(0);
  });

  test('off is off', () => {
    autoLockStore.set({ idleMinutes: 0, hiddenMinutes: 0 });
    const seen = start();
    setVisibility('hidden');
    vi.advanceTimersByTime(48 * 60 * MINUTE);
    expect(seen.locks).toBe(0);
  });

  test('waits for a rollout, but not for ever', () => {
    autoLockStore.set({ idleMinutes: 5 });
    const seen = start(() => true);
    vi.advanceTimersByTime(6 * MINUTE);
    expect(seen.locks).toBe(0);
    vi.advanceTimersByTime(BUSY_MS_MAX);
    expect(seen.locks).toBe(1);
  });

  test('a stamp from the future is not believed', () => {
    autoLockStore.set({ idleMinutes: 5 });
    const seen = start();
    localStorage.setItem('a67.touched-at', String(Date.now() + 1000 * MINUTE));
    vi.advanceTimersByTime(6 * MINUTE);
    expect(seen.locks).toBe(1);
  });

  test('ended, it listens no longer', () => {
    autoLockStore.set({ idleMinutes: 5 });
    const seen = start();
    endings.pop()?.();
    vi.advanceTimersByTime(10 * MINUTE);
    touch();
    expect(seen.locks).toBe(0);
  });
});

describe('autoLockStore', () => {
  test('remembers a choice; what it does not know is the usual', () => {
    expect(autoLockStore.snapshot()).toEqual({ idleMinutes: 30, hiddenMinutes: 0 });
    autoLockStore.set({ hiddenMinutes: 15 });
    expect(autoLockStore.snapshot()).toEqual({ idleMinutes: 30, hiddenMinutes: 15 });
    localStorage.setItem('a67.auto-lock', '{"idleMinutes":7,"hiddenMinutes":"x"}');
    expect(autoLockStore.snapshot()).toEqual({ idleMinutes: 30, hiddenMinutes: 0 });
    localStorage.setItem('a67.auto-lock', 'no JSON');
    expect(autoLockStore.snapshot()).toEqual({ idleMinutes: 30, hiddenMinutes: 0 });
  });

  test('the same object until something changes, so that React rests', () => {
    expect(autoLockStore.snapshot()).toBe(autoLockStore.snapshot());
  });
});
