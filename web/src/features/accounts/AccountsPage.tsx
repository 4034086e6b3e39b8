// The accounts at providers that are connected, and what each is worth at the moment.
import type { AccountView } from '@automator67/worker';
import { CloudCog, Plus } from 'lucide-react';
import { Link } from 'wouter';
import { useOnline } from '../../engine/waiting';
import { Button } from '../../ui/Button';
import { Card } from '../../ui/Card';
import { EmptyState } from '../../ui/EmptyState';
import { ErrorBox } from '../../ui/ErrorBox';
import { plural } from '../../ui/format';
import { PageHeader } from '../../ui/PageHeader';
import { SkeletonRows } from '../../ui/Skeleton';
import { connectPath } from './account-facts';
import { AccountRow } from './AccountRow';
import { NeedsNetwork } from './NeedsNetwork';
import { useAccounts } from './use-accounts';

export function AccountsPage() {
  const { accounts, error, reload } = useAccounts();
  const online = useOnline();
  const connect = (
    <Button asChild variant="primary">
      <Link href={connectPath()} data-testid="account-connect">
        <Plus aria-hidden />
        Connect an account
      </Link>
    </Button>
  );
  return (
    <>
      <PageHeader
        title="Accounts"
        hint={accounts && accounts.length > 0 ? summary(accounts) : 'Your accounts at providers.'}
        actions={accounts && accounts.length > 0 && connect}
      />
      {!online && (
        <div className="mb-4">
          <NeedsNetwork>
            What is shown is what was known last. Connecting and checking an account asks its
            provider, so it needs the network.
          </NeedsNetwork>
        </div>
      )}
      {error && !accounts && <ErrorBox error={error} onRetry={reload} />}
      {!accounts && !error && <SkeletonRows rows={4} />}
      {accounts && (
        <Card>
          {accounts.length === 0 ? (
            <EmptyState icon={CloudCog} title="No accounts yet" action={connect}>
              Connect an account at a cloud provider: what it gives for free then counts as part of
              your cloud. Its token is sealed in your vault and sent to that provider only.
            </EmptyState>
          ) : (
            <ul className="divide-y divide-line" aria-label="Accounts">
              {accounts.map((account) => (
                <AccountRow key={account.id} account={account} />
              ))}
            </ul>
          )}
        </Card>
      )}
    </>
  );
}

function summary(accounts: readonly AccountView[]): string {
  const providers = new Set(accounts.map(({ provider }) => provider)).size;
  const wrong = accounts.filter(({ state }) => state !== 'ok').length;
  const said = `${plural(accounts.length, 'account')} at ${plural(providers, 'provider')}`;
  return wrong === 0 ? `${said}.` : `${said}, ${wrong} to look at.`;
}
