// One account: who it is, what it uses and has, what was asked of its provider last, and what can be done with it.
import type { AccountView, ProviderView } from '@automator67/worker';
import { KeyRound, Pencil, SearchX, ShieldCheck, Unplug } from 'lucide-react';
import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import { useCommand } from '../../engine/use-command';
import { useOnline } from '../../engine/waiting';
import { Button } from '../../ui/Button';
import { Card, CardHeader } from '../../ui/Card';
import { EmptyState } from '../../ui/EmptyState';
import { ErrorBox } from '../../ui/ErrorBox';
import { Notice } from '../../ui/Notice';
import { SkeletonRows } from '../../ui/Skeleton';
import { StateBadge } from '../../ui/StateBadge';
import { TabPanel, Tabs } from '../../ui/Tabs';
import { showToast } from '../../ui/toast-store';
import { ACCOUNT_TONE, ACCOUNT_WORDS, accountPath, providerPath, reasonOf } from './account-facts';
import { AccountFacts } from './AccountFacts';
import { AccountSettings } from './AccountSettings';
import { ChangeDialog } from './ChangeDialog';
import { DisconnectDialog } from './DisconnectDialog';
import { AccountError } from './LeftBehind';
import { NeedsNetwork } from './NeedsNetwork';
import { RequestsTab } from './RequestsTab';
import { ResourcesTab } from './ResourcesTab';
import { RotateDialog } from './RotateDialog';
import { UsageCard } from './UsageCard';
import { useAccounts, useProviders } from './use-accounts';

const TABS = [
  { id: 'overview', label: 'Overview' },
  { id: 'resources', label: 'At the provider' },
  { id: 'requests', label: 'Requests' },
] as const;

type AccountPageProps = { id: string; tab: string };

export function AccountPage({ id, tab }: AccountPageProps) {
  const { accounts, error, reload } = useAccounts();
  const { providers } = useProviders();
  const [, navigate] = useLocation();
  const account = accounts?.find((one) => one.id === id);
  if (error && !accounts) return <ErrorBox error={error} onRetry={reload} />;
  if (!accounts) return <SkeletonRows rows={6} />;
  if (!account) return <NoAccount id={id} />;
  const provider = providers?.find((one) => one.id === account.provider);
  const shown = TABS.some((one) => one.id === tab) ? tab : 'overview';
  return (
    <>
      <AccountHeader account={account} provider={provider} />
      <Tabs
        label={`Parts of ${account.name}`}
        value={shown}
        onChange={(next) => navigate(`${accountPath(id)}/${next}`, { replace: true })}
        tabs={TABS}
      >
        <TabPanel id="overview">
          <div className="space-y-5">
            <Card aria-label="What is known">
              <CardHeader title="What is known" />
              <div className="p-4 sm:p-5">
                <AccountFacts account={account} />
              </div>
            </Card>
            <UsageCard account={account} />
            <AccountSettings account={account} provider={provider} />
          </div>
        </TabPanel>
        <TabPanel id="resources">
          <ResourcesTab account={account} />
        </TabPanel>
        <TabPanel id="requests">
          <RequestsTab account={account} />
        </TabPanel>
      </Tabs>
    </>
  );
}

type AccountHeaderProps = { account: AccountView; provider: ProviderView | undefined };
type Open = 'rotate' | 'change' | 'disconnect' | null;

function AccountHeader({ account, provider }: AccountHeaderProps) {
  const verify = useCommand('account.verify');
  const online = useOnline();
  const [open, setOpen] = useState<Open>(null);
  const reason = reasonOf(account);
  const opens = (which: Open) => (next: boolean) => setOpen(next ? which : null);

  async function verifyNow(): Promise<void> {
    const answer = await verify.run({ account: account.id });
    if (answer) showToast({ title: `${account.providerName} takes the token.` });
  }

  return (
    <header className="mb-6 space-y-4">
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <div className="min-w-0">
          <div className="flex flex-wrap items-center gap-3">
            <h1 className="text-xl font-semibold tracking-tight break-words text-ink sm:text-[22px]">
              {account.name}
            </h1>
            <span data-testid="account-state" data-state={account.state}>
              <StateBadge tone={ACCOUNT_TONE[account.state]} state={ACCOUNT_WORDS[account.state]} />
            </span>
          </div>
          <Link
            href={providerPath(account.provider)}
            className="mt-1 inline-block text-sm text-accent-ink hover:underline"
            data-testid="account-provider"
          >
            {account.providerName}: what it allows and limits
          </Link>
        </div>
        <div className="flex flex-wrap gap-2">
          <Button
            busy={verify.busy}
            disabled={verify.busy || !online}
            data-testid="account-verify"
            onClick={() => void verifyNow()}
          >
            {!verify.busy && <ShieldCheck aria-hidden />}
            Verify now
          </Button>
          <Button
            disabled={!provider || !online}
            data-testid="account-rotate"
            onClick={() => setOpen('rotate')}
          >
            <KeyRound aria-hidden />
            Replace token
          </Button>
          <Button data-testid="account-change" onClick={() => setOpen('change')}>
            <Pencil aria-hidden />
            Change
          </Button>
          <Button
            variant="danger"
            data-testid="account-disconnect"
            onClick={() => setOpen('disconnect')}
          >
            <Unplug aria-hidden />
            Disconnect
          </Button>
        </div>
      </div>
      {account.problem ? (
        <AccountError
          account={account.id}
          operations={account.operations}
          error={account.problem}
          title={`${account.providerName} refused the last request.`}
        />
      ) : (
        reason && <Notice tone={ACCOUNT_TONE[account.state]}>{reason}</Notice>
      )}
      {account.warnings?.map((warning) => (
        <Notice key={warning} tone="warn">
          {warning}
        </Notice>
      ))}
      {verify.error && verify.error.message !== account.problem?.message && (
        <AccountError account={account.id} operations={account.operations} error={verify.error} />
      )}
      {!online && (
        <NeedsNetwork>
          What is shown is what was known last. Verifying and replacing the token asks the provider,
          so it needs the network.
        </NeedsNetwork>
      )}
      {provider && (
        <RotateDialog
          account={account}
          provider={provider}
          open={open === 'rotate'}
          onOpenChange={opens('rotate')}
        />
      )}
      <ChangeDialog
        account={account}
        provider={provider}
        open={open === 'change'}
        onOpenChange={opens('change')}
      />
      <DisconnectDialog
        account={account}
        open={open === 'disconnect'}
        onOpenChange={opens('disconnect')}
      />
    </header>
  );
}

function NoAccount({ id }: { id: string }) {
  return (
    <Card>
      <EmptyState
        icon={SearchX}
        main
        title={`There is no account called ${id}`}
        action={
          <Button asChild>
            <Link href="/accounts">All accounts</Link>
          </Button>
        }
      >
        It may have been disconnected, or the address is mistyped.
      </EmptyState>
    </Card>
  );
}
