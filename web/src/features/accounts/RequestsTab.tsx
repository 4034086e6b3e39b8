// The last requests of an account, as the engine remembers them: no query, body or credential is among it.
import type { AccountView, TraceView } from '@automator67/worker';
import { RefreshCw, Waypoints } from 'lucide-react';
import { useQuery } from '../../engine/use-query';
import { Button } from '../../ui/Button';
import { Card, CardHeader } from '../../ui/Card';
import { EmptyState } from '../../ui/EmptyState';
import { ErrorBox } from '../../ui/ErrorBox';
import { formatClock, formatExact, formatMs } from '../../ui/format';
import { SkeletonRows } from '../../ui/Skeleton';

export function RequestsTab({ account }: { account: AccountView }) {
  const { data, error, reload } = useQuery('account.get', { account: account.id });
  if (error && !data) return <ErrorBox error={error} onRetry={reload} />;
  if (!data) return <SkeletonRows rows={4} />;
  const failed = data.trace.filter((one) => one.error !== undefined);
  const refresh = (
    <Button size="sm" data-testid="trace-refresh" onClick={reload}>
      <RefreshCw aria-hidden />
      Look again
    </Button>
  );
  if (data.trace.length === 0) {
    return (
      <Card>
        <EmptyState icon={Waypoints} title="No requests yet" action={refresh}>
          The last ones are remembered while the engine runs; it was started anew since.
        </EmptyState>
      </Card>
    );
  }
  return (
    <div className="space-y-5">
      {failed.length > 0 && (
        <Card data-testid="trace-errors">
          <CardHeader title="Last errors" />
          <Trace lines={failed} label="Last errors" />
        </Card>
      )}
      <Card data-testid="trace">
        <CardHeader
          title="Last requests"
          hint="Newest first. Without queries, bodies and credentials."
          actions={refresh}
        />
        <Trace lines={data.trace} label="Last requests" />
      </Card>
    </div>
  );
}

function Trace({ lines, label }: { lines: readonly TraceView[]; label: string }) {
  return (
    <div
      role="region"
      aria-label={label}
      // Scrollable regions must be reachable with the keyboard.
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      className="relative overflow-x-auto -outline-offset-2"
    >
      <table className="w-full border-collapse text-left text-[13px]">
        <thead>
          <tr className="border-b border-line text-xs text-muted">
            {['At', 'For', 'Request', 'Answer', 'Took'].map((head) => (
              <th key={head} scope="col" className="px-4 py-2 font-medium whitespace-nowrap">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="divide-y divide-line">
          {lines.map((line, index) => (
            <tr key={`${line.at}-${index}`} data-testid="trace-row">
              <td className="tabular px-4 py-2 text-muted" title={formatExact(line.at)}>
                {formatClock(line.at)}
              </td>
              <td className="px-4 py-2 whitespace-nowrap text-ink">{line.operation}</td>
              <td className="max-w-80 min-w-44 px-4 py-2 font-mono text-xs break-all text-ink">
                {line.method} {line.path}
              </td>
              <td className="px-4 py-2 whitespace-nowrap">
                <span className={line.error ? 'text-bad' : 'text-ink'}>
                  {line.status === 0 ? 'No answer' : line.status}
                  {line.error && `, ${line.error}`}
                </span>
              </td>
              <td className="tabular px-4 py-2 whitespace-nowrap text-muted">
                {formatMs(line.tookMs)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
