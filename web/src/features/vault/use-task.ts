// Several steps as one: is it under way, what failed. What the person called off is no failure.
import type { ErrorView } from '@automator67/worker';
import { useCallback, useEffect, useRef, useState } from 'react';
import { isCancelled, toErrorView } from '../../engine/errors';

export type Task = {
  busy: boolean;
  error: ErrorView | null;
  /** Resolves with null when all went well or was called off, else with what failed. */
  run: (steps: () => Promise<void>) => Promise<ErrorView | null>;
  clear: () => void;
};

/** The browser says so when a person closes its passkey dialog. */
function isRefused(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'NotAllowedError';
}

export function useTask(): Task {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ErrorView | null>(null);
  const mounted = useRef(true);
  useEffect(() => {
    mounted.current = true;
    return () => {
      mounted.current = false;
    };
  }, []);

  const run = useCallback(async (steps: () => Promise<void>) => {
    setBusy(true);
    setError(null);
    try {
      await steps();
      return null;
    } catch (failure) {
      if (isCancelled(failure) || isRefused(failure)) return null;
      const view = toErrorView(failure);
      if (mounted.current) setError(view);
      return view;
    } finally {
      if (mounted.current) setBusy(false);
    }
  }, []);
  const clear = useCallback(() => setError(null), []);
  return { busy, error, run, clear };
}
