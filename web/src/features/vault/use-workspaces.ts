// The workspaces of this device, and going from one to another. Each is a vault of its own: to go is to lock, and
// all tabs go along, because they share one engine.
import { newWorkspaceId, type WorkspaceView } from '@automator67/worker';
import { useCallback } from 'react';
import { useLocation } from 'wouter';
import { lockVault } from './lock-vault';
import { useEngineStore } from '../../engine/hooks';
import { useQuery } from '../../engine/use-query';

export type Workspaces = {
  list: readonly WorkspaceView[];
  others: readonly WorkspaceView[];
  /** Opens another one, which is locked; without an id one that is yet to be made. */
  open: (id?: string) => void;
};

export function useWorkspaces(): Workspaces {
  const store = useEngineStore();
  const [, navigate] = useLocation();
  const { data } = useQuery('vault.workspaces', {});
  const list = data?.workspaces ?? [];
  const open = useCallback(
    (id = newWorkspaceId()) => {
      // What the address names is a thing of this workspace.
      navigate('/', { replace: true });
      void lockVault(store, id);
    },
    [navigate, store],
  );
  return { list, others: list.filter((one) => !one.current), open };
}
