// Step 3 when it went well: what the provider said about the credential.
import type { AccountView } from '@automator67/worker';
import { CircleCheck } from 'lucide-react';
import { Link } from 'wouter';
import { Button } from '../../ui/Button';
import { Notice } from '../../ui/Notice';
import { accountPath } from './account-facts';
import { AccountFacts } from './AccountFacts';

type ConnectedStepProps = { account: AccountView; onAnother: () => void };

export function ConnectedStep({ account, onAnother }: ConnectedStepProps) {
  return (
    <div data-testid="connect-done">
      <div role="status" className="flex flex-col items-center px-6 pt-10 text-center">
        <CircleCheck className="size-8 text-ok" aria-hidden />
        <h2 className="mt-3 text-[15px] font-semibold text-ink">{account.name} is connected</h2>
        <p className="mt-1 text-sm text-muted">Its token is sealed in your vault.</p>
      </div>
      <div className="mx-auto max-w-2xl space-y-4 p-4 sm:p-6">
        {account.warnings?.map((warning) => (
          <Notice key={warning} tone="warn">
            {warning}
          </Notice>
        ))}
        <AccountFacts account={account} />
      </div>
      <div className="flex flex-wrap justify-end gap-2 border-t border-line px-4 py-3.5 sm:px-6">
        <Button onClick={onAnother} data-testid="connect-another">
          Connect another
        </Button>
        <Button asChild variant="primary">
          <Link href={accountPath(account.id)} data-testid="connect-open">
            Open the account
          </Link>
        </Button>
      </div>
    </div>
  );
}
