// The connected accounts, kept true by the engine's event, and the providers with their policy cards.
import type { AccountView, ErrorView, ProviderView } from '@automator67/worker';
import { useCallback, useEffect, useState } from 'react';
import { useClient } from '../../engine/hooks';
import { useQuery } from '../../engine/use-query';

export type Accounts = {
  /** null: not known yet. */
  accounts: readonly AccountView[] | null;
  error: ErrorView | null;
  reload: () => void;
};

export function useAccounts(): Accounts {
  const client = useClient();
  const { data, error, reload } = useQuery('account.list', {});
  const [told, setTold] = useState<readonly AccountView[] | null>(null);

  useEffect(() => {
    let end = () => {};
    let gone = false;
    client().then(
      (connected) => {
        if (!gone) end = connected.on('account.changed', ({ accounts }) => setTold(accounts));
      },
      () => {
        // Without a connection the query fails, too, and says why.
      },
    );
    return () => {
      gone = true;
      end();
    };
  }, [client]);

  return { accounts: told ?? data?.accounts ?? null, error, reload };
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
