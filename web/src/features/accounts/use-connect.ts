// One attempt to connect an account, or to give one another credential: it is under way, what came of it, call it off.
import type { AccountView, Commands, ErrorView } from '@automator67/worker';
import { useCallback, useEffect, useRef, useState } from 'react';
import { isCancelled, toErrorView } from '../../engine/errors';
import { useSend } from '../../engine/hooks';
import { redirectAddress, waitForAnswer } from '../../engine/oauth-channel';

export type Attempt =
  | { state: 'idle' }
  /** The person is at the provider, in another window. */
  | { state: 'signing-in'; url: string; since: number }
  | { state: 'verifying'; since: number }
  | { state: 'refused'; error: ErrorView }
  | { state: 'connected'; account: AccountView };

export type SignIn = {
  provider: string;
  client: string;
  finish: Omit<Commands['oauth.finish']['req'], 'state' | 'answer'>;
};

export type Connect = {
  attempt: Attempt;
  connect: (body: Commands['account.connect']['req']) => Promise<void>;
  signIn: (how: SignIn) => Promise<void>;
  cancel: () => void;
  reset: () => void;
};

const IDLE: Attempt = { state: 'idle' };

const TOO_LATE: ErrorView = {
  code: 'timeout',
  message: 'Nobody came back from the sign-in within ten minutes.',
  hint: 'Begin again. Is the redirect address registered exactly as it is shown here?',
};

/** A question that does not cost the person another sign-in. */
const waitsFor = ({ field }: ErrorView): boolean => field === 'second' || field === 'transport';

export function useConnect(): Connect {
  const send = useSend();
  const [attempt, setAttempt] = useState<Attempt>(IDLE);
  const running = useRef<AbortController | null>(null);
  // What a provider sent back waits in the engine while the person is asked about a second account, or for a way.
  const waiting = useRef<{ provider: string; state: string } | null>(null);
  useEffect(() => () => running.current?.abort(), []);

  const run = useCallback(async (steps: (signal: AbortSignal) => Promise<AccountView>) => {
    running.current?.abort();
    const abort = new AbortController();
    running.current = abort;
    setAttempt({ state: 'verifying', since: Date.now() });
    let next: Attempt;
    try {
      next = { state: 'connected', account: await steps(abort.signal) };
    } catch (failure) {
      next = isCancelled(failure) ? IDLE : { state: 'refused', error: toErrorView(failure) };
    }
    // Another attempt, or none, is what is shown by now.
    if (running.current === abort && !abort.signal.aborted) setAttempt(next);
  }, []);

  const connect = useCallback(
    (body: Commands['account.connect']['req']) =>
      run(async (signal) => (await send('account.connect', body, { signal })).account),
    [run, send],
  );

  const signIn = useCallback(
    ({ provider, client, finish }: SignIn) =>
      run(async (signal) => {
        const finishWith = async (state: string, answer: Record<string, string>) => {
          try {
            return (await send('oauth.finish', { ...finish, state, answer }, { signal })).account;
          } catch (failure) {
            if (waitsFor(toErrorView(failure))) waiting.current = { provider, state };
            throw failure;
          }
        };
        const kept = waiting.current;
        waiting.current = null;
        if (kept?.provider === provider) return finishWith(kept.state, { state: kept.state });
        const redirect = redirectAddress(window.location.origin);
        const { url, state } = await send(
          'oauth.begin',
          { provider, client, redirect },
          { signal },
        );
        // Listens before the window opens; that shares nothing with this page but the origin it comes back to.
        const coming = waitForAnswer(state, signal);
        window.open(url, '_blank', 'noopener,noreferrer');
        setAttempt({ state: 'signing-in', url, since: Date.now() });
        const answer = await coming;
        if (!answer) throw TOO_LATE;
        setAttempt({ state: 'verifying', since: Date.now() });
        return finishWith(state, answer);
      }),
    [run, send],
  );

  const reset = useCallback(() => {
    running.current?.abort();
    running.current = null;
    setAttempt(IDLE);
  }, []);

  return { attempt, connect, signIn, cancel: reset, reset };
}
