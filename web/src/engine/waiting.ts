// What was saved without a network and goes out when it is back. The engine holds it (it saves before it
// orders, and goes on by itself); this only finds it in what the engine shows.
import type { AppView, DeploymentView } from '@automator67/worker';
import { useMemo } from 'react';
import { useApps, useEngine } from './hooks';

/** Said wherever something waits, so that it is recognised. */
export const WAITS = 'Saved. Goes out when you are online again.';

export type Waiting = { app: string; what: string };

const KINDS: Record<DeploymentView['kind'], string> = {
  deploy: 'new release',
  scale: 'scaling',
  restart: 'restart',
  rollback: 'rollback',
  start: 'start',
};

const UNFINISHED: readonly string[] = ['uploading', 'building', 'starting'];

/** What of this app waits for the network; null when nothing does, as far as the engine shows. */
export function waitingOf(app: AppView, online: boolean): Waiting | null {
  if (online) return null;
  const { deployment } = app;
  if (deployment && UNFINISHED.includes(deployment.state)) {
    return { app: app.name, what: KINDS[deployment.kind] };
  }
  if (app.state === 'stopped' && app.replicas.length > 0) return { app: app.name, what: 'stop' };
  return null;
}

/** Nothing was heard of any replica since this engine started, so their states say nothing yet. */
export function isUnheard(app: AppView, online: boolean): boolean {
  return !online && app.replicas.length > 0 && app.replicas.every((one) => one.state === 'placed');
}

export const useOnline = (): boolean => useEngine((mirror) => mirror.controller?.online !== false);

export function useWaiting(): readonly Waiting[] {
  const apps = useApps();
  const online = useOnline();
  return useMemo(
    () => apps.map((app) => waitingOf(app, online)).filter((one) => one !== null),
    [apps, online],
  );
}
