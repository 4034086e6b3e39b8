// Locks by itself: when nobody touched the page for a while, or when every tab of it was out of
// sight for a while. Tabs share one engine, so they tell each other through localStorage.
//
// Time is compared, not counted: a laptop that slept locks at its first tick or touch.
export type AutoLockSettings = {
  /** Minutes without a key or a pointer in any tab; 0: never. */
  idleMinutes: number;
  /** Minutes with every tab out of sight; 0: never. */
  hiddenMinutes: number;
};

export const IDLE_MINUTES = [5, 15, 30, 60, 240, 0] as const;
export const HIDDEN_MINUTES = [1, 5, 15, 60, 0] as const;
export const USUAL: AutoLockSettings = { idleMinutes: 30, hiddenMinutes: 0 };

/** A rollout that is under way is waited for, but not for ever. */
export const BUSY_MS_MAX = 30 * 60_000;

const SETTINGS_KEY = 'a67.auto-lock';
const TOUCHED_KEY = 'a67.touched-at';
const SEEN_KEY = 'a67.seen-at';
const TICK_MS = 10_000;
/** Touches closer together are written once. */
const WRITE_MS = 2000;
const MINUTE_MS = 60_000;
const TOUCHES = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart'] as const;

function read(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function write(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Blocked storage: this tab then goes by itself alone.
  }
}

function parse(text: string | null): AutoLockSettings {
  try {
    const value: unknown = JSON.parse(text ?? 'null');
    if (typeof value !== 'object' || value === null) return USUAL;
    const { idleMinutes, hiddenMinutes } = value as Record<string, unknown>;
    return {
      idleMinutes: IDLE_MINUTES.find((one) => one === idleMinutes) ?? USUAL.idleMinutes,
      hiddenMinutes: HIDDEN_MINUTES.find((one) => one === hiddenMinutes) ?? USUAL.hiddenMinutes,
    };
  } catch {
    return USUAL;
  }
}

const listeners = new Set<() => void>();
let settings: { text: string | null; value: AutoLockSettings } | null = null;

/** Read anew each time it is asked for, so that a change in another tab counts here, too. */
export const autoLockStore = {
  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
  snapshot(): AutoLockSettings {
    const text = read(SETTINGS_KEY);
    if (settings?.text !== text || settings === null) settings = { text, value: parse(text) };
    return settings.value;
  },
  set(change: Partial<AutoLockSettings>): void {
    write(SETTINGS_KEY, JSON.stringify({ ...autoLockStore.snapshot(), ...change }));
    for (const listener of listeners) listener();
  },
};

export type AutoLockDoors = {
  lock: () => void;
  /** Something is under way that a lock would break off. */
  busy: () => boolean;
};

/** Watches until it is ended. Call it when the vault was opened: that counts as a touch. */
export function startAutoLock({ lock, busy }: AutoLockDoors): () => void {
  const abort = new AbortController();
  const { signal } = abort;
  let touchedAt = Date.now();
  let seenAt = Date.now();
  let writtenAt = 0;

  function newest(key: string, own: number): number {
    const other = Number(read(key) ?? 0);
    // A clock that was set back must not keep the vault open for years.
    return Math.max(own, other <= Date.now() ? other : 0);
  }

  function overdueMs(): number {
    const { idleMinutes, hiddenMinutes } = autoLockStore.snapshot();
    const now = Date.now();
    const idle = idleMinutes === 0 ? -1 : now - newest(TOUCHED_KEY, touchedAt);
    const hidden = hiddenMinutes === 0 ? -1 : now - newest(SEEN_KEY, seenAt);
    return Math.max(
      idleMinutes === 0 ? -1 : idle - idleMinutes * MINUTE_MS,
      hiddenMinutes === 0 ? -1 : hidden - hiddenMinutes * MINUTE_MS,
    );
  }

  /** True when it locked. */
  function check(): boolean {
    const overdue = overdueMs();
    if (overdue < 0 || (busy() && overdue < BUSY_MS_MAX)) return false;
    abort.abort();
    lock();
    return true;
  }

  function see(): void {
    if (document.visibilityState !== 'visible') return;
    seenAt = Date.now();
    write(SEEN_KEY, String(seenAt));
  }

  function touch(): void {
    // First whether it is too late: the touch that wakes a machine must not count.
    const now = Date.now();
    if (now - touchedAt > WRITE_MS && check()) return;
    touchedAt = now;
    if (now - writtenAt < WRITE_MS) return;
    writtenAt = now;
    write(TOUCHED_KEY, String(now));
  }

  function tick(): void {
    if (!check()) see();
  }

  touch();
  see();
  const timer = setInterval(tick, TICK_MS);
  signal.addEventListener('abort', () => clearInterval(timer));
  for (const name of TOUCHES) {
    window.addEventListener(name, touch, { signal, passive: true, capture: true });
  }
  document.addEventListener('visibilitychange', tick, { signal });
  return () => abort.abort();
}
