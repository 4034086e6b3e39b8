// The newest lines of a log stream, bounded, handed out in batches: a busy app writes thousands of
// lines a second, and a person reads none of them faster than a few times a second.
import type { LogLine } from '@automator67/worker';
import { stripAnsi } from '../../ui/strip-ansi';

export const LOG_LINES_MAX = 5000;
const FLUSH_MS = 100;

export type LogBuffer = {
  subscribe: (listener: () => void) => () => void;
  snapshot: () => readonly LogLine[];
  add: (lines: readonly LogLine[]) => void;
  clear: () => void;
};

export function createLogBuffer(): LogBuffer {
  const listeners = new Set<() => void>();
  let lines: readonly LogLine[] = [];
  let waiting: LogLine[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;

  function publish(next: readonly LogLine[]): void {
    lines = next;
    for (const listener of listeners) listener();
  }

  function flush(): void {
    timer = undefined;
    const all = [...lines, ...waiting].slice(-LOG_LINES_MAX);
    waiting = [];
    publish(all);
  }

  return {
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    snapshot: () => lines,
    add(next) {
      waiting.push(...next.map((line) => ({ ...line, text: stripAnsi(line.text) })));
      if (waiting.length > LOG_LINES_MAX) waiting = waiting.slice(-LOG_LINES_MAX);
      timer ??= setTimeout(flush, FLUSH_MS);
    },
    clear() {
      clearTimeout(timer);
      timer = undefined;
      waiting = [];
      publish([]);
    },
  };
}

export type LogFilter = { text: string; replica: string };

export function filterLines(lines: readonly LogLine[], filter: LogFilter): readonly LogLine[] {
  const text = filter.text.trim().toLowerCase();
  if (text === '' && filter.replica === '') return lines;
  return lines.filter(
    (line) =>
      (filter.replica === '' || line.replica === filter.replica) &&
      (text === '' || line.text.toLowerCase().includes(text)),
  );
}

export function asText(lines: readonly LogLine[]): string {
  return lines
    .map((line) => `${new Date(line.at).toISOString()} ${line.replica} ${line.stream} ${line.text}`)
    .join('\n');
}
