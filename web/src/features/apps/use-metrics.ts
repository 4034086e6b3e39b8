// The app's series, asked for again whenever events tell that its numbers moved, at most every few
// seconds; the engine keeps the history, this only mirrors it.
import type { AppView, ErrorView, SeriesPoint } from '@automator67/worker';
import { useEffect, useRef, useState } from 'react';
import { isCancelled, toErrorView } from '../../engine/errors';
import { useSend } from '../../engine/hooks';

const REFRESH_MS = 3000;

export type Metrics = {
  points: readonly SeriesPoint[] | null;
  error: ErrorView | null;
  retry: () => void;
};

export function useMetrics(app: AppView): Metrics {
  const send = useSend();
  const [points, setPoints] = useState<readonly SeriesPoint[] | null>(null);
  const [error, setError] = useState<ErrorView | null>(null);
  const [turn, setTurn] = useState(0);
  const { name } = app;
  const moved = useRef(0);
  useEffect(() => {
    moved.current += 1;
  }, [app]);

  useEffect(() => {
    const abort = new AbortController();
    let asked = -1;
    async function ask(): Promise<void> {
      if (asked === moved.current || document.hidden) return;
      asked = moved.current;
      try {
        const answer = await send('app.metrics', { app: name }, { signal: abort.signal });
        if (abort.signal.aborted) return;
        setPoints(answer.points);
        setError(null);
      } catch (failure) {
        if (!abort.signal.aborted && !isCancelled(failure)) setError(toErrorView(failure));
      }
    }
    void ask();
    const timer = setInterval(() => void ask(), REFRESH_MS);
    return () => {
      abort.abort();
      clearInterval(timer);
    };
  }, [name, send, turn]);

  return { points, error, retry: () => setTurn((n) => n + 1) };
}
