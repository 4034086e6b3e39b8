import type { AccountView } from '@automator67/worker';
import { TRANSPORT_WORDS } from './account-facts';

type TransportBadgeProps = { account: Pick<AccountView, 'transport' | 'sees'> };

/** How requests go, and what whoever is on the way can see. */
export function TransportBadge({ account: { transport, sees } }: TransportBadgeProps) {
  return (
    <span
      className="flex flex-wrap items-center gap-x-2 gap-y-1"
      data-testid="transport"
      data-transport={transport}
    >
      <span className="inline-flex h-6 items-center rounded-full bg-sunken px-2.5 text-xs font-medium text-muted dark:bg-raised">
        {TRANSPORT_WORDS[transport]}
      </span>
      <span className="text-[13px] text-muted">{sees}</span>
    </span>
  );
}
