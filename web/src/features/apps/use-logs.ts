// Keeps one live log stream open while the component is mounted. When it ends on its own (a node
// went, the leading tab closed) it is opened again after a while; repeats are left out by `seq`.
import type { ErrorView, LogLine } from '@automator67/worker';
import { useCallback, useEffect, useState, useSyncExternalStore } from 'react';
import { isCancelled, toErrorView } from '../../engine/errors';
import { useSend } from '../../engine/hooks';
import { createLogBuffer } from './log-buffer';

const TAIL_LINES = 500;
const REOPEN_MS = 2000;

export type Logs = {
  lines: readonly LogLine[];
  error: ErrorView | null;
  open: boolean;
  clear: () => void;
};

/** A node that was started anew counts from the beginning again: a later time is new as well. */
function isAfter(line: LogLine, last: LogLine | undefined): boolean {
  return !last || line.seq > last.seq || line.at > last.at;
}

export function useLogs(app: string): Logs {
  const send = useSend();
  const [buffer] = useState(createLogBuffer);
  const [state, setState] = useState<{ error: ErrorView | null; open: boolean }>({
    error: null,
    open: false,
  });

  useEffect(() => {
    const abort = new AbortController();
    const seen = new Map<string, LogLine>();
    let timer: ReturnType<typeof setTimeout> | undefined;

    function take(lines: readonly LogLine[]): void {
      const fresh = lines.filter((line) => isAfter(line, seen.get(line.replica)));
      for (const line of fresh) seen.set(line.replica, line);
      if (fresh.length > 0) buffer.add(fresh);
      setState((old) => (old.open && !old.error ? old : { error: null, open: true }));
    }

    async function follow(): Promise<void> {
      try {
        await send(
          'app.logs',
          { app, tail: TAIL_LINES, follow: true },
          { signal: abort.signal, onProgress: ({ lines }) => !abort.signal.aborted && take(lines) },
        );
        if (!abort.signal.aborted) setState({ error: null, open: false });
      } catch (error) {
        if (abort.signal.aborted || isCancelled(error)) return;
        setState({ error: toErrorView(error), open: false });
      }
      if (!abort.signal.aborted) timer = setTimeout(() => void follow(), REOPEN_MS);
    }

    void follow();
    return () => {
      abort.abort();
      clearTimeout(timer);
      buffer.clear();
    };
  }, [app, buffer, send]);

  const lines = useSyncExternalStore(buffer.subscribe, buffer.snapshot);
  const clear = useCallback(() => buffer.clear(), [buffer]);
  return { lines, ...state, clear };
}
