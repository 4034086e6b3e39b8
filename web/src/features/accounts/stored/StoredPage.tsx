// What an account keeps at its provider, as a page of its own: for accounts that can list it, while there is a network.
import type { AccountView } from '@automator67/worker';
import { SearchX } from 'lucide-react';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { useOnline } from '../../../engine/waiting';
import { Button } from '../../../ui/Button';
import { Card } from '../../../ui/Card';
import { EmptyState } from '../../../ui/EmptyState';
import { ErrorBox } from '../../../ui/ErrorBox';
import { PageHeader } from '../../../ui/PageHeader';
import { SkeletonRows } from '../../../ui/Skeleton';
import { accountPath } from '../account-facts';
import { NeedsNetwork } from '../NeedsNetwork';
import { useAccounts } from '../use-accounts';

type StoredPageProps = {
  /** Its id. */
  account: string;
  /** Lists what is shown. */
  operation: string;
  /** Said of an account that has no such operation. */
  without: string;
  title: ReactNode;
  /** Before the account's name: "A bucket at". */
  hint: string;
  children: (account: AccountView) => ReactNode;
};

export function StoredPage(props: StoredPageProps) {
  const { account: id, operation, without, title, hint, children } = props;
  const { accounts, error, reload } = useAccounts();
  const online = useOnline();
  const account = accounts?.find((one) => one.id === id);
  if (error && !accounts) return <ErrorBox error={error} onRetry={reload} />;
  if (!accounts) return <SkeletonRows rows={6} />;
  if (!account?.operations.includes(operation)) {
    return (
      <Card>
        <EmptyState
          icon={SearchX}
          main
          title={account ? without : `There is no account called ${id}`}
          action={
            <Button asChild>
              <Link href={account ? accountPath(id) : '/accounts'}>Back</Link>
            </Button>
          }
        />
      </Card>
    );
  }
  return (
    <>
      <PageHeader
        title={title}
        hint={
          <>
            {hint}{' '}
            <Link
              href={`${accountPath(id)}/resources`}
              className="text-accent-ink underline"
              data-testid="stored-account"
            >
              {account.name}
            </Link>
          </>
        }
      />
      {online ? children(account) : <NeedsNetwork />}
    </>
  );
}
