import type { AccountView } from '@automator67/worker';
import { ChevronRight } from 'lucide-react';
import { Link } from 'wouter';
import { formatExact } from '../../ui/format';
import { RelativeTime } from '../../ui/RelativeTime';
import { StateBadge } from '../../ui/StateBadge';
import { useNow } from '../../ui/use-now';
import {
  ACCOUNT_TONE,
  ACCOUNT_WORDS,
  accountPath,
  expiryWords,
  identityWords,
  reasonOf,
} from './account-facts';
import { TransportBadge } from './TransportBadge';

export function AccountRow({ account }: { account: AccountView }) {
  const reason = reasonOf(account);
  return (
    <li data-testid="account-row" data-account={account.id} data-state={account.state}>
      <Link
        href={accountPath(account.id)}
        className="flex items-center gap-3 px-4 py-3.5 -outline-offset-2 transition-colors hover:bg-sunken sm:px-5 dark:hover:bg-raised"
      >
        <span className="min-w-0 flex-1">
          <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
            <span className="text-sm font-medium break-words text-ink">{account.name}</span>
            {account.providerName !== account.name && (
              <span className="text-sm text-muted">{account.providerName}</span>
            )}
            <StateBadge tone={ACCOUNT_TONE[account.state]} state={ACCOUNT_WORDS[account.state]} />
          </span>
          {reason && <span className="mt-0.5 block text-sm break-words text-ink">{reason}</span>}
          <span className="mt-0.5 block text-[13px] break-words text-muted">
            {identityWords(account.identity)}
          </span>
          <span className="block text-[13px] text-muted">
            <TokenAge account={account} />
          </span>
          <span className="mt-1.5 block">
            <TransportBadge account={account} />
          </span>
        </span>
        <ChevronRight className="size-4 shrink-0 text-muted" aria-hidden />
      </Link>
    </li>
  );
}

export function TokenAge({ account }: { account: AccountView }) {
  const now = useNow();
  const { credentialAt, expiresAt } = account;
  return (
    <>
      {credentialAt === undefined ? (
        'No token'
      ) : (
        <>
          Token given <RelativeTime at={credentialAt} />
        </>
      )}
      {' · '}
      <span title={expiresAt === undefined ? undefined : formatExact(expiresAt)}>
        {expiryWords(expiresAt, now)}
      </span>
    </>
  );
}
