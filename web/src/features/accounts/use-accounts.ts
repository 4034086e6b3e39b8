// The connected accounts, kept true by the engine's events, and the providers with their policy cards.
import type { AccountView, ErrorView, ProviderView } from '@automator67/worker';
import { useCallback, useState } from 'react';
import { useKeptList, type KeptListOf } from '../../engine/use-kept-list';
import { useQuery } from '../../engine/use-query';

export type Accounts = {
  /** null: not known yet. */
  accounts: readonly AccountView[] | null;
  error: ErrorView | null;
  reload: () => void;
};

const ACCOUNTS: KeptListOf<AccountView> = {
  keyOf: (account) => account.id,
  ask: async (send, signal) => (await send('account.list', {}, { signal })).accounts,
  listen: (client, doors) => [
    client.on('account.changed', ({ account }) => doors.changed(account)),
    client.on('account.removed', ({ account }) => doors.removed(account)),
    client.on('account.reset', doors.reset),
  ],
};

export function useAccounts(): Accounts {
  const { items, error, reload } = useKeptList(ACCOUNTS);
  return { accounts: items, error, reload };
}

export type Providers = {
  /** null: not known yet. In order of their names. */
  providers: readonly ProviderView[] | null;
  error: ErrorView | null;
  reload: () => void;
  /** Takes the place of the one with its id. */
  put: (provider: ProviderView) => void;
};

export function useProviders(): Providers {
  const { data, error, reload } = useQuery('provider.list', {});
  const [changed, setChanged] = useState<readonly ProviderView[]>([]);
  const put = useCallback((provider: ProviderView) => {
    setChanged((old) => [...old.filter((one) => one.id !== provider.id), provider]);
  }, []);
  const providers =
    data?.providers.map((one) => changed.find((other) => other.id === one.id) ?? one) ?? null;
  return { providers, error, reload, put };
}
