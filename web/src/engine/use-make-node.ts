// A node being made at a provider: its step while it is under way, and a way to stop it.
import type { Commands, ErrorView, MadeNode, NodeView } from '@automator67/worker';
import { useCallback, useRef, useState } from 'react';
import { isCancelled, toErrorView } from './errors';
import { useSend } from './hooks';

export const STEP_WORDS: Readonly<Record<MadeNode['step'], string>> = {
  making: 'Its service is being made.',
  starting: 'Its service is starting at the provider.',
  answering: 'Waiting for the node’s first word; then it is claimed.',
  ready: 'It is claimed.',
  failed: 'It could not be made.',
};

export type MakingNode = {
  /** null: nothing is under way. */
  step: MadeNode['step'] | null;
  error: ErrorView | null;
  /** Undefined when it failed (`error` says why) or was stopped. */
  make: (body: Commands['node.make']['req']) => Promise<NodeView | undefined>;
  /** Stops it; what was made is removed. */
  stop: () => void;
};

export function useMakeNode(): MakingNode {
  const send = useSend();
  const [step, setStep] = useState<MadeNode['step'] | null>(null);
  const [error, setError] = useState<ErrorView | null>(null);
  const running = useRef<AbortController | null>(null);

  const make = useCallback(
    async (body: Commands['node.make']['req']) => {
      const abort = new AbortController();
      running.current = abort;
      setStep('making');
      setError(null);
      try {
        const onProgress = (made: MadeNode) => setStep(made.step);
        return (await send('node.make', body, { signal: abort.signal, onProgress })).node;
      } catch (failure) {
        if (!isCancelled(failure)) setError(toErrorView(failure));
        return undefined;
      } finally {
        running.current = null;
        setStep(null);
      }
    },
    [send],
  );
  const stop = useCallback(() => running.current?.abort(), []);
  return { step, error, make, stop };
}
