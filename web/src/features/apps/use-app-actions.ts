// What can be done to one app, each with its Undo where there is one. The toast comes when the
// engine has accepted the order: restart, start and scale answer only when they are through, so
// waiting for the answer would offer Undo too late.
import type { AppView, CommandName, Commands, DeployRequest, ErrorView } from '@automator67/worker';
import { useCallback, useState } from 'react';
import { isCancelled, toErrorView } from '../../engine/errors';
import { useEngineStore, useSend, type Send } from '../../engine/hooks';
import { WAITS } from '../../engine/waiting';
import { plural } from '../../ui/format';
import { showToast } from '../../ui/toast-store';

type Action = 'start' | 'stop' | 'restart' | 'scale' | 'rollback' | 'redeploy' | 'cancel';

export type AppActions = {
  busy: Action | null;
  error: ErrorView | null;
  start: () => Promise<void>;
  stop: () => Promise<void>;
  restart: () => Promise<void>;
  scale: (replicas: number) => Promise<void>;
  rollback: (release: string) => Promise<void>;
  /** Ends the rollout that goes on, whichever tab or device ordered it. */
  cancel: () => Promise<void>;
  /** The release that serves, anew with these changes; `done` is called when it serves. */
  redeploy: (changes: Partial<DeployRequest>, done: (app: AppView) => void) => Promise<void>;
};

export function useAppActions(app: AppView): AppActions {
  const { order, send } = useOrder();
  const [busy, setBusy] = useState<Action | null>(null);
  const [error, setError] = useState<ErrorView | null>(null);
  const { name } = app;

  const perform = useCallback(async (action: Action, work: () => Promise<unknown>) => {
    setBusy(action);
    setError(null);
    try {
      await work();
    } catch (failure) {
      if (!isCancelled(failure)) setError(toErrorView(failure));
    } finally {
      setBusy((now) => (now === action ? null : now));
    }
  }, []);

  const start = () =>
    perform('start', async () => {
      await order('app.start', { app: name }, () => showToast({ title: `${name} runs again.` }));
    });

  const stop = () =>
    perform('stop', async () => {
      await send('app.stop', { app: name });
      showToast({ title: `${name} was stopped.`, undo: () => void start() });
    });

  const restart = () =>
    perform('restart', async () => {
      await order('app.restart', { app: name }, () =>
        showToast({ title: `${name} was restarted, one replica after another.` }),
      );
    });

  const scaleTo = async (replicas: number, former: number | null): Promise<void> => {
    let told = false;
    const tell = () => {
      if (told) return;
      told = true;
      showToast({
        title: `Scaling ${name} to ${plural(replicas, 'replica')}.`,
        tone: 'busy',
        ...(former !== null && { undo: () => void undoScale(former) }),
      });
    };
    await order('app.scale', { app: name, replicas }, tell, tell);
  };

  // A scaling under way is cancelled, which brings the former number back by itself; one that is
  // through needs the opposite order.
  const undoScale = (former: number) =>
    perform('scale', async () => {
      try {
        await send('app.cancel', { app: name });
      } catch (failure) {
        if (toErrorView(failure).code !== 'conflict') throw failure;
        await scaleTo(former, null);
      }
    });

  const rollback = (release: string) => {
    const former = app.release?.id;
    return perform('rollback', async () => {
      await order('app.rollback', { app: name, release }, ({ app: after }) =>
        showToast({
          title: `${name} serves release ${after.release?.number ?? release} again.`,
          ...(former && { undo: () => void rollbackTo(former) }),
        }),
      );
    });
  };
  const rollbackTo = (release: string) =>
    perform('rollback', () => send('app.rollback', { app: name, release }));

  const redeploy = (changes: Partial<DeployRequest>, done: (app: AppView) => void) =>
    perform('redeploy', async () => {
      const source = { kind: 'release' as const, release: app.release?.id };
      await order('app.deploy', { name, source, ...changes }, (answer) => {
        done(answer.app);
        showToast({ title: `${name} runs with the new settings.` });
      });
    });

  return {
    busy,
    error,
    start,
    stop,
    restart,
    scale: (replicas) => perform('scale', () => scaleTo(replicas, app.replicasWanted)),
    rollback,
    cancel: () => perform('cancel', () => send('app.cancel', { app: name })),
    redeploy,
  };
}

type Rollout = 'app.start' | 'app.restart' | 'app.scale' | 'app.rollback' | 'app.deploy';

/**
 * A rollout answers when it is through. Without a network that may be tomorrow: then it is enough that
 * the engine has saved it, which its first word of progress says.
 */
function useOrder() {
  const send: Send = useSend();
  const store = useEngineStore();
  async function order<K extends Rollout & CommandName>(
    command: K,
    body: Commands[K]['req'],
    onDone: (answer: Commands[K]['res']) => void,
    onAccepted: () => void = () => {},
  ): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      let waits = false;
      const onProgress = () => {
        if (store.snapshot().controller?.online === false) {
          if (!waits) showToast({ title: WAITS, tone: 'warn' });
          waits = true;
          resolve();
        } else onAccepted();
      };
      send(command, body, { onProgress }).then((answer) => {
        onDone(answer);
        resolve();
      }, reject);
    });
  }
  return { order, send };
}
