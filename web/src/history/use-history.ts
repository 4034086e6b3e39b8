// The changes of one thing, newest first, page by page. `version` is anything that says what the thing is like: when
// it changes, there is a new change to be asked for.
import type { ErrorView, HistoryEntry } from '@automator67/worker';
import { useCallback, useEffect, useState } from 'react';
import { toErrorView } from '../engine/errors';
import { useSend } from '../engine/hooks';

const PAGE_CHANGES = 20;

export type History = {
  changes: readonly HistoryEntry[];
  more: boolean;
  loading: boolean;
  error: ErrorView | null;
  showOlder: () => void;
  reload: () => void;
};

type Loaded = { entity: string; changes: readonly HistoryEntry[]; more: boolean };

export function useHistory(entity: string, version: string): History {
  const send = useSend();
  const [loaded, setLoaded] = useState<Loaded | null>(null);
  const [error, setError] = useState<ErrorView | null>(null);
  const [asking, setAsking] = useState(false);
  const [turn, setTurn] = useState(0);

  useEffect(() => {
    const abort = new AbortController();
    send('history.list', { entity, limit: PAGE_CHANGES }, { signal: abort.signal }).then(
      ({ changes, more }) => {
        if (abort.signal.aborted) return;
        setError(null);
        setLoaded({ entity, changes, more });
      },
      (failure: unknown) => {
        if (!abort.signal.aborted) setError(toErrorView(failure));
      },
    );
    return () => abort.abort();
  }, [send, entity, version, turn]);

  const current = loaded?.entity === entity ? loaded : null;
  const showOlder = useCallback(async () => {
    const last = current?.changes.at(-1);
    if (!current || !last) return;
    setAsking(true);
    try {
      const page = await send('history.list', {
        entity,
        limit: PAGE_CHANGES,
        before: last.change,
      });
      setLoaded({ entity, changes: [...current.changes, ...page.changes], more: page.more });
    } catch (failure) {
      setError(toErrorView(failure));
    } finally {
      setAsking(false);
    }
  }, [current, entity, send]);
  const reload = useCallback(() => setTurn((n) => n + 1), []);

  return {
    changes: current?.changes ?? [],
    more: current?.more ?? false,
    loading: asking || (!current && !error),
    error,
    showOlder: () => void showOlder(),
    reload,
  };
}
