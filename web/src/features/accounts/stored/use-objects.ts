// The objects below a prefix, a page at a time.
import type { ErrorView } from '@automator67/worker';
import { useCallback, useEffect, useState } from 'react';
import { isCancelled, toErrorView } from '../../../engine/errors';
import { useSend } from '../../../engine/hooks';
import type { StoredObject } from './object-tree';
import { objectsIn } from './outputs';

export const PAGE_OBJECTS = 200;

export type Objects = {
  objects: readonly StoredObject[] | null;
  /** Where the next page begins; null: there is none. */
  after: string | null;
  error: ErrorView | null;
  loading: boolean;
  more: () => void;
  reload: () => void;
};

type State = Pick<Objects, 'objects' | 'after' | 'error' | 'loading'>;
const EMPTY: State = { objects: null, after: null, error: null, loading: true };

export function useObjects(account: string, bucket: string, prefix: string): Objects {
  const send = useSend();
  const place = JSON.stringify([account, bucket, prefix]);
  const [shown, setShown] = useState(place);
  const [asked, setAsked] = useState<{ turn: number; after: string | null }>({
    turn: 0,
    after: null,
  });
  const [state, setState] = useState<State>(EMPTY);
  // Another place begins with its first page, and shows nothing of the one before.
  if (shown !== place) {
    setShown(place);
    setState(EMPTY);
    setAsked({ turn: 0, after: null });
  }

  useEffect(() => {
    const abort = new AbortController();
    const { after } = asked;
    const input = {
      bucket,
      limit: PAGE_OBJECTS,
      ...(prefix !== '' && { prefix }),
      ...(after !== null && { after }),
    };
    send(
      'account.run',
      { account, operation: 'object.list', input },
      { signal: abort.signal },
    ).then(
      ({ output }) => {
        if (abort.signal.aborted) return;
        const page = objectsIn(output);
        setState((old) => ({
          objects: after === null ? page.objects : [...(old.objects ?? []), ...page.objects],
          after: page.after,
          error: null,
          loading: false,
        }));
      },
      (error: unknown) => {
        if (abort.signal.aborted || isCancelled(error)) return;
        setState((old) => ({ ...old, error: toErrorView(error), loading: false }));
      },
    );
    return () => abort.abort();
  }, [account, bucket, prefix, asked, send]);

  const ask = useCallback((after: string | null) => {
    setState((old) => ({ ...old, loading: true, error: null }));
    setAsked((old) => ({ turn: old.turn + 1, after }));
  }, []);
  const more = useCallback(() => ask(state.after), [ask, state.after]);
  const reload = useCallback(() => ask(null), [ask]);
  return { ...state, more, reload };
}
