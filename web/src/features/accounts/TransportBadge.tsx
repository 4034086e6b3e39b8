import type { AccountView } from '@automator67/worker';
import { TRANSPORT_WORDS } from './account-facts';

type TransportBadgeProps = { account: Pick<AccountView, 'transport' | 'sees'>; long?: boolean };

/** How requests go, and what whoever is on the way can see. */
export function TransportBadge({ account: { transport, sees }, long }: TransportBadgeProps) {
  return (
    <span data-testid="transport" data-transport={transport} title={sees}>
      <span className="inline-flex h-6 items-center rounded-full bg-sunken px-2.5 text-xs font-medium text-muted dark:bg-raised">
        {TRANSPORT_WORDS[transport]}
      </span>
      <span className={long ? 'mt-1 block text-[13px] text-muted' : 'sr-only'}>{sees}</span>
    </span>
  );
}
