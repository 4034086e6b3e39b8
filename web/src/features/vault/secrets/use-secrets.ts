// The secrets of the vault, without their values, kept true by the engine's event.
import type { ErrorView, SecretView } from '@automator67/worker';
import { useEffect, useState } from 'react';
import { useClient } from '../../../engine/hooks';
import { useQuery } from '../../../engine/use-query';

export type Secrets = {
  /** null: not known yet. */
  secrets: readonly SecretView[] | null;
  error: ErrorView | null;
  reload: () => void;
};

export function useSecrets(): Secrets {
  const client = useClient();
  const { data, error, reload } = useQuery('secret.list', {});
  const [told, setTold] = useState<readonly SecretView[] | null>(null);

  useEffect(() => {
    let end = () => {};
    let gone = false;
    client().then(
      (connected) => {
        if (!gone) end = connected.on('secret.changed', ({ secrets }) => setTold(secrets));
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

  return { secrets: told ?? data?.secrets ?? null, error, reload };
}
