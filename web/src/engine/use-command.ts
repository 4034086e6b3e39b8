// One running command with what a button needs: is it under way, what failed, run it.
import type { CommandName, Commands, ErrorView } from '@automator67/worker';
import { useCallback, useEffect, useRef, useState } from 'react';
import { isCancelled, toErrorView } from './errors';
import { useSend } from './hooks';

export type RunningCommand<K extends CommandName> = {
  busy: boolean;
  error: ErrorView | null;
  /** Resolves with the answer, or undefined when it failed (`error` says why) or was cancelled. */
  run: (body: Commands[K]['req']) => Promise<Commands[K]['res'] | undefined>;
  clear: () => void;
};

export function useCommand<K extends CommandName>(name: K): RunningCommand<K> {
  const send = useSend();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ErrorView | null>(null);
  const mounted = useRef(true);
  useEffect(() => {
    mounted.current = true;
    return () => {
      mounted.current = false;
    };
  }, []);

  const run = useCallback(
    async (body: Commands[K]['req']) => {
      setBusy(true);
      setError(null);
      try {
        return await send(name, body);
      } catch (failure) {
        if (mounted.current && !isCancelled(failure)) setError(toErrorView(failure));
        return undefined;
      } finally {
        if (mounted.current) setBusy(false);
      }
    },
    [name, send],
  );
  const clear = useCallback(() => setError(null), []);
  return { busy, error, run, clear };
}
