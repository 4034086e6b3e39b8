// The nodes made at providers, kept true by the engine's event.
import type { MadeNode } from '@automator67/worker';
import { useEffect, useState } from 'react';
import { useClient } from '../../engine/hooks';
import { useQuery } from '../../engine/use-query';

/** Empty until it is known. */
export function useMade(): readonly MadeNode[] {
  const client = useClient();
  const { data } = useQuery('node.made', {});
  const [told, setTold] = useState<readonly MadeNode[] | null>(null);

  useEffect(() => {
    let end = () => {};
    let gone = false;
    client().then(
      (connected) => {
        if (!gone) end = connected.on('made.changed', ({ made }) => setTold(made));
      },
      () => {
        // Without a connection the page says so itself.
      },
    );
    return () => {
      gone = true;
      end();
    };
  }, [client]);

  return told ?? data?.made ?? [];
}
