// What was used of what the account may use, as its provider counts.
import type { AccountView } from '@automator67/worker';
import { RefreshCw } from 'lucide-react';
import { useQuery } from '../../engine/use-query';
import { useOnline } from '../../engine/waiting';
import { Card, CardHeader } from '../../ui/Card';
import { IconButton } from '../../ui/IconButton';
import { formatExact, formatRelative } from '../../ui/format';
import { Meter } from '../../ui/Meter';
import { SkeletonRows } from '../../ui/Skeleton';
import { useNow } from '../../ui/use-now';
import { AccountError } from './LeftBehind';
import { NeedsNetwork } from './NeedsNetwork';
import { usageIn, type UsageLine } from './outputs';
import { wordsOf } from './policy-facts';

export function UsageCard({ account }: { account: AccountView }) {
  const online = useOnline();
  if (!account.operations.includes('usage.get')) return null;
  if (online) return <Usage account={account} />;
  return (
    <Card aria-label="Usage">
      <CardHeader title="Usage" />
      <div className="p-4 sm:p-5">
        <NeedsNetwork />
      </div>
    </Card>
  );
}

function Usage({ account }: { account: AccountView }) {
  const { data, error, loading, reload } = useQuery('account.run', {
    account: account.id,
    operation: 'usage.get',
    input: {},
  });
  const lines = data ? usageIn(data.output) : null;
  return (
    <Card aria-label="Usage" data-testid="usage">
      <CardHeader
        title="Usage"
        hint={`As ${account.providerName} counts it.`}
        actions={
          <IconButton
            icon={RefreshCw}
            label="Ask for the usage again"
            title="Ask again"
            onClick={reload}
          />
        }
      />
      <div className="space-y-4 p-4 sm:p-5">
        {error && (
          <AccountError
            account={account.id}
            operations={account.operations}
            error={error}
            onRetry={reload}
          />
        )}
        {loading && !lines && <SkeletonRows rows={2} />}
        {lines?.length === 0 && <p className="text-sm text-muted">Nothing is counted yet.</p>}
        {lines && lines.length > 0 && (
          <ul className="grid gap-x-6 gap-y-4 sm:grid-cols-2">
            {lines.map((line) => (
              <li key={line.metric} data-testid="usage-line" data-metric={line.metric}>
                <Line line={line} />
              </li>
            ))}
          </ul>
        )}
      </div>
    </Card>
  );
}

function Line({ line: { metric, used, limit, unit, resetsAt } }: { line: UsageLine }) {
  const now = useNow();
  return (
    <>
      {limit === undefined ? (
        <p className="flex items-baseline justify-between gap-2 text-xs">
          <span className="text-muted">{metric}</span>
          <span className="tabular text-ink">{wordsOf(used, unit)}</span>
        </p>
      ) : (
        <Meter
          label={metric}
          value={used}
          max={limit}
          text={`${wordsOf(used)} of ${wordsOf(limit, unit)}`}
        />
      )}
      {resetsAt !== undefined && (
        <p className="mt-1 text-xs text-muted" title={formatExact(resetsAt)}>
          Begins anew {formatRelative(resetsAt, now)}
        </p>
      )}
    </>
  );
}
