import type { AppView, ReplicaView } from '@automator67/worker';
import clsx from 'clsx';
import { Boxes, CircleHelp } from 'lucide-react';
import { Button } from '../../ui/Button';
import { Card } from '../../ui/Card';
import { EmptyState } from '../../ui/EmptyState';
import { formatBytes, formatMs, formatPercent, formatRate } from '../../ui/format';
import { PlacementReason } from '../../ui/PlacementReason';
import { Popover } from '../../ui/Popover';
import { RelativeTime } from '../../ui/RelativeTime';
import { StateBadge } from '../../ui/StateBadge';
import { REPLICA_TONE } from '../../ui/states';

export function ReplicasTab({ app }: { app: AppView }) {
  if (app.replicas.length === 0) {
    return (
      <Card>
        <EmptyState
          icon={Boxes}
          title={app.state === 'stopped' ? 'The app is stopped' : 'No replicas yet'}
        >
          {app.state === 'stopped'
            ? 'Its releases are kept. Start it to run its replicas again.'
            : 'They appear here as soon as the engine has placed them.'}
        </EmptyState>
      </Card>
    );
  }
  return (
    <Card>
      <table className="w-full text-sm max-md:block">
        <caption className="sr-only">Replicas of {app.name}</caption>
        <thead className="max-md:sr-only">
          <tr className="border-b border-line text-left text-xs text-muted [&_th]:px-3 [&_th]:py-2.5 [&_th]:font-medium [&_th:first-child]:pl-5">
            <th scope="col">Node</th>
            <th scope="col">State</th>
            <th scope="col" className="text-right">
              CPU
            </th>
            <th scope="col" className="text-right">
              Memory
            </th>
            <th scope="col" className="text-right">
              Requests
            </th>
            <th scope="col" className="text-right">
              Latency
            </th>
            <th scope="col" className="text-right">
              Restarts
            </th>
            <th scope="col">Started</th>
            <th scope="col">
              <span className="sr-only">Why this node</span>
            </th>
          </tr>
        </thead>
        <tbody className="divide-y divide-line max-md:block">
          {app.replicas.map((replica) => (
            <ReplicaRow key={replica.id} replica={replica} />
          ))}
        </tbody>
      </table>
    </Card>
  );
}

const CELL = 'tabular px-3 py-3 md:text-right max-md:p-0';

function ReplicaRow({ replica }: { replica: ReplicaView }) {
  return (
    <>
      <tr
        data-testid="replica-row"
        data-state={replica.state}
        data-node={replica.nodeName}
        className={clsx(
          replica.reason && 'border-b-0',
          'max-md:grid max-md:grid-cols-3 max-md:gap-x-4 max-md:gap-y-2.5 max-md:p-4',
        )}
      >
        <th
          scope="row"
          className="py-3 pr-3 pl-5 text-left font-normal max-md:col-span-2 max-md:p-0"
        >
          <span className="block truncate font-medium text-ink">{replica.nodeName}</span>
          <span className="block truncate font-mono text-xs text-muted">{replica.id}</span>
        </th>
        <td className="px-3 py-3 max-md:p-0 max-md:text-right">
          <StateBadge tone={REPLICA_TONE[replica.state]} state={replica.state} />
        </td>
        <Figure label="CPU" value={replica.cpuPercent} format={formatPercent} />
        <Figure label="Memory" value={replica.memoryBytes} format={formatBytes} />
        <Figure
          label="Requests"
          value={replica.requestsPerSecond}
          format={(n) => `${formatRate(n)}/s`}
        />
        <Figure label="Latency" value={replica.latencyMs} format={formatMs} />
        <Figure label="Restarts" value={replica.restarts} format={String} />
        <td className="px-3 py-3 whitespace-nowrap text-muted max-md:p-0">
          <span className="block text-xs text-muted md:hidden">Started</span>
          {replica.startedAt === undefined ? '–' : <RelativeTime at={replica.startedAt} />}
        </td>
        <td className="py-2 pr-4 text-right max-md:col-span-3 max-md:p-0 max-md:text-left">
          {replica.placement && (
            <Popover
              label={`Why ${replica.nodeName}`}
              trigger={
                <Button
                  variant="ghost"
                  size="sm"
                  data-testid="replica-why"
                  className="max-md:-ml-2.5"
                >
                  <CircleHelp aria-hidden />
                  Why here<span className="sr-only">: {replica.nodeName}</span>
                </Button>
              }
            >
              <p className="mb-1 flex justify-between text-sm font-medium text-ink">
                Why {replica.nodeName}
                <span className="tabular text-accent-ink">
                  {replica.placement.score.toFixed(1)} / 100
                </span>
              </p>
              <PlacementReason placement={replica.placement} />
            </Popover>
          )}
        </td>
      </tr>
      {replica.reason && (
        <tr className="max-md:block">
          <td colSpan={9} className="px-5 pb-3 text-[13px] text-warn max-md:block max-md:px-4">
            {replica.reason.message}
            {replica.reason.hint && <span className="text-muted"> {replica.reason.hint}</span>}
          </td>
        </tr>
      )}
    </>
  );
}

type FigureProps = { label: string; value: number | undefined; format: (value: number) => string };

function Figure({ label, value, format }: FigureProps) {
  return (
    <td className={CELL}>
      <span className="block text-xs text-muted md:hidden">{label}</span>
      {value === undefined ? <span className="text-muted">–</span> : format(value)}
    </td>
  );
}
