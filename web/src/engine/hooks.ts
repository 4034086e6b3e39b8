// What features use of the engine: the mirror's pieces, and one way to send a command.
import type {
  ActivityView,
  AppView,
  Client,
  CommandName,
  Commands,
  NodeView,
  SendOptions,
} from '@automator67/worker';
import { createContext, useCallback, useContext, useSyncExternalStore } from 'react';
import type { EngineStore, Mirror } from './engine-store';
import { noteLost } from './lost-commands';
import { storageWatch } from './storage-watch';

export const EngineContext = createContext<EngineStore | null>(null);

export function useEngineStore(): EngineStore {
  const store = useContext(EngineContext);
  if (!store) throw new Error('EngineContext is missing around this component.');
  return store;
}

/** `select` must return a piece of the mirror itself (not a new object), or React re-renders for ever. */
export function useEngine<T>(select: (mirror: Mirror) => T): T {
  const store = useEngineStore();
  return useSyncExternalStore(store.subscribe, () => select(store.snapshot()));
}

export const useNodes = (): readonly NodeView[] => useEngine((mirror) => mirror.nodes);
export const useApps = (): readonly AppView[] => useEngine((mirror) => mirror.apps);
export const useActivity = (): readonly ActivityView[] => useEngine((mirror) => mirror.activity);
export const useDemo = (): boolean => useEngine((mirror) => mirror.demo);
export const useReady = (): boolean => useEngine((mirror) => mirror.phase === 'ready');

export function useApp(name: string): AppView | undefined {
  return useEngine((mirror) => mirror.apps.find((app) => app.name === name));
}

export type Send = <K extends CommandName>(
  name: K,
  body: Commands[K]['req'],
  options?: SendOptions<K>,
) => Promise<Commands[K]['res']>;

export function useSend(): Send {
  const store = useEngineStore();
  return useCallback(
    async (name, body, options) => {
      try {
        return await (await store.client()).send(name, body, options);
      } catch (failure) {
        storageWatch.note(failure);
        noteLost(name, failure);
        throw failure;
      }
    },
    [store],
  );
}

export function useClient(): () => Promise<Client> {
  const store = useEngineStore();
  return store.client;
}
