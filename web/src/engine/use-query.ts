// A query's answer with its loading and error states; asks again when `key` changes.
import type { CommandName, Commands, ErrorView } from '@automator67/worker';
import { useCallback, useEffect, useState } from 'react';
import { isCancelled, toErrorView } from './errors';
import { useSend } from './hooks';

export type QueryState<K extends CommandName> = {
  data: Commands[K]['res'] | null;
  error: ErrorView | null;
  loading: boolean;
  reload: () => void;
};

export function useQuery<K extends CommandName>(name: K, body: Commands[K]['req']): QueryState<K> {
  const send = useSend();
  const key = JSON.stringify(body);
  const [turn, setTurn] = useState(0);
  const [state, setState] = useState<Omit<QueryState<K>, 'reload'>>({
    data: null,
    error: null,
    loading: true,
  });

  useEffect(() => {
    const abort = new AbortController();
    send(name, JSON.parse(key) as Commands[K]['req'], { signal: abort.signal }).then(
      (data) => {
        if (!abort.signal.aborted) setState({ data, error: null, loading: false });
      },
      (error: unknown) => {
        if (abort.signal.aborted || isCancelled(error)) return;
        setState((old) => ({ ...old, error: toErrorView(error), loading: false }));
      },
    );
    return () => abort.abort();
  }, [key, name, send, turn]);

  const reload = useCallback(() => setTurn((n) => n + 1), []);
  return { ...state, reload };
}
