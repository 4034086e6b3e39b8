// Light, dark, or what the system says. public/theme.js does the same before the first paint.
const KEY = 'a67.theme';

export type ThemeChoice = 'light' | 'dark' | 'system';

const listeners = new Set<() => void>();
const system = window.matchMedia('(prefers-color-scheme: dark)');

function stored(): ThemeChoice {
  try {
    const value = localStorage.getItem(KEY);
    return value === 'light' || value === 'dark' ? value : 'system';
  } catch {
    return 'system';
  }
}

let choice = stored();

function apply(): void {
  const dark = choice === 'dark' || (choice === 'system' && system.matches);
  document.documentElement.classList.toggle('dark', dark);
  document
    .querySelector('meta[name="theme-color"]')
    ?.setAttribute('content', dark ? '#0e0f13' : '#f7f7f8');
}

system.addEventListener('change', apply);

export const themeStore = {
  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
  snapshot: (): ThemeChoice => choice,
  set(next: ThemeChoice): void {
    choice = next;
    try {
      if (next === 'system') localStorage.removeItem(KEY);
      else localStorage.setItem(KEY, next);
    } catch {
      // Blocked storage: the choice then lasts as long as the page.
    }
    apply();
    for (const listener of listeners) listener();
  },
};
