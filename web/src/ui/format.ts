// Numbers and times as people read them. One place, so that every screen says "1.2 GB" the same way.
const LOCALE = 'en';
const number0 = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 0 });
const number1 = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 1 });
const number2 = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 2 });
const compact = new Intl.NumberFormat(LOCALE, { notation: 'compact', maximumFractionDigits: 1 });
const relative = new Intl.RelativeTimeFormat(LOCALE, { numeric: 'auto', style: 'long' });
const exact = new Intl.DateTimeFormat(LOCALE, { dateStyle: 'medium', timeStyle: 'medium' });
const clock = new Intl.DateTimeFormat(LOCALE, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});

const BYTE_UNITS = ['B', 'KB', 'MB', 'GB', 'TB', 'PB'] as const;

export function formatCount(value: number): string {
  return Math.abs(value) >= 100_000 ? compact.format(value) : number0.format(value);
}

export function formatRate(value: number): string {
  if (value === 0) return '0';
  if (value < 0.1) return '<0.1';
  if (value >= 10_000) return compact.format(value);
  return value < 10 ? number1.format(value) : number0.format(value);
}

export function formatPercent(value: number): string {
  return `${value > 0 && value < 10 ? number1.format(value) : number0.format(value)}%`;
}

/** Powers of 1024, as memory and disks are sold to programs. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < BYTE_UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const text = unit === 0 || value >= 100 ? number0.format(value) : number1.format(value);
  return `${text} ${BYTE_UNITS[unit] ?? 'B'}`;
}

export function formatMs(ms: number): string {
  if (ms === 0) return '0 ms';
  if (ms < 1) return `${number2.format(ms)} ms`;
  if (ms < 10) return `${number1.format(ms)} ms`;
  if (ms < 1000) return `${number0.format(ms)} ms`;
  return `${number1.format(ms / 1000)} s`;
}

export function formatDuration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} days`;
}

export function formatRelative(at: number, now: number): string {
  const seconds = Math.round((at - now) / 1000);
  const size = Math.abs(seconds);
  if (size < 5) return 'just now';
  if (size < 60) return relative.format(seconds, 'second');
  if (size < 3600) return relative.format(Math.round(seconds / 60), 'minute');
  if (size < 86_400) return relative.format(Math.round(seconds / 3600), 'hour');
  return relative.format(Math.round(seconds / 86_400), 'day');
}

export function formatExact(at: number): string {
  return exact.format(at);
}

export function formatClock(at: number): string {
  return clock.format(at);
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}
