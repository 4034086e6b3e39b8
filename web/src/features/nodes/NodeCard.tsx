import type { AppView, NodeView } from '@automator67/worker';
import { DoorOpen, Ellipsis, RefreshCw, Server, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { Link } from 'wouter';
import { Card } from '../../ui/Card';
import { CopyButton } from '../../ui/CopyButton';
import { IconButton } from '../../ui/IconButton';
import { formatBytes, formatMs, formatPercent, formatRate, plural } from '../../ui/format';
import { Menu, MenuItem } from '../../ui/Menu';
import { Meter } from '../../ui/Meter';
import { Notice } from '../../ui/Notice';
import { RelativeTime } from '../../ui/RelativeTime';
import { StateBadge } from '../../ui/StateBadge';
import { NODE_MEANING, NODE_TONE } from '../../ui/states';
import { RemoveNode } from './RemoveNode';

const KINDS = {
  worker: { icon: Server, label: null },
  gateway: { icon: DoorOpen, label: 'Entry gateway' },
  server: { icon: RefreshCw, label: 'Sync server' },
};

type NodeCardProps = { node: NodeView; apps: readonly AppView[] };

export function NodeCard({ node, apps }: NodeCardProps) {
  const [removing, setRemoving] = useState(false);
  const hosted = apps.filter((app) => app.replicas.some((replica) => replica.node === node.id));
  const { icon: Icon, label } = KINDS[node.role];
  return (
    <Card
      className="h-full"
      data-testid="node-card"
      data-node={node.name}
      data-state={node.state}
      aria-label={node.name}
    >
      <div className="flex items-start gap-3 p-4 sm:p-5">
        <span className="grid size-10 shrink-0 place-items-center rounded-lg border border-line bg-sunken text-muted dark:bg-raised">
          <Icon className="size-5" aria-hidden />
        </span>
        <div className="min-w-0 flex-1">
          <div className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
            <h2 className="truncate text-[15px] font-semibold text-ink">{node.name}</h2>
            <StateBadge
              tone={NODE_TONE[node.state]}
              state={node.state}
              title={NODE_MEANING[node.state]}
            />
            {label && <span className="text-xs text-muted">{label}</span>}
          </div>
          <div className="flex items-center gap-1 text-[13px] text-muted">
            <span className="truncate font-mono text-xs">{node.url}</span>
            <CopyButton text={node.url} label={`control URL of ${node.name}`} />
          </div>
        </div>
        <Menu
          trigger={
            <IconButton
              icon={Ellipsis}
              label={`Actions for ${node.name}`}
              data-testid="node-menu"
            />
          }
        >
          <MenuItem icon={Trash2} danger testId="node-remove" onSelect={() => setRemoving(true)}>
            Remove node…
          </MenuItem>
        </Menu>
      </div>
      {node.attention && (
        <div className="px-4 pb-4 sm:px-5">
          <Notice tone="warn">
            <p className="font-medium">{node.attention.message}</p>
            {node.attention.hint && <p className="mt-0.5">{node.attention.hint}</p>}
          </Notice>
        </div>
      )}
      {carriesLoad(node) && <Meters node={node} />}
      <NodeFacts node={node} hosted={hosted} />
      <RemoveNode node={node} open={removing} onOpenChange={setRemoving} />
    </Card>
  );
}

// A sync server passes on what this page asks for and measures nothing.
const carriesLoad = (node: NodeView) => node.role !== 'server' && node.state !== 'dead';

function Meters({ node }: { node: NodeView }) {
  const { load } = node;
  if (!load) return null;
  return (
    <div className="grid grid-cols-2 gap-x-6 gap-y-3 px-4 pb-4 sm:px-5">
      <Meter
        label="CPU"
        value={load.cpuPercent}
        text={`${formatPercent(load.cpuPercent)}${node.cpus ? ` of ${plural(node.cpus, 'core')}` : ''}`}
      />
      <Meter
        label="Memory"
        value={load.memoryPercent}
        text={`${formatPercent(load.memoryPercent)}${node.memoryBytes ? ` of ${formatBytes(node.memoryBytes)}` : ''}`}
      />
    </div>
  );
}

function NodeFacts({ node, hosted }: { node: NodeView; hosted: readonly AppView[] }) {
  const { load } = node;
  const platform = [node.os, node.arch, node.version && `v${node.version}`]
    .filter(Boolean)
    .join(' · ');
  return (
    <dl className="grid grid-cols-2 gap-x-6 gap-y-3 border-t border-line px-4 py-4 text-[13px] sm:grid-cols-3 sm:px-5">
      {node.role === 'worker' && (
        <Fact label="Replicas" wide>
          {node.replicas}
          {hosted.length > 0 && (
            <span className="text-muted">
              {' of '}
              {hosted.map((app, index) => (
                <span key={app.name}>
                  {index > 0 && ', '}
                  <Link href={`/apps/${app.name}`} className="text-accent-ink hover:underline">
                    {app.name}
                  </Link>
                </span>
              ))}
            </span>
          )}
        </Fact>
      )}
      <Fact label="Last seen">
        <RelativeTime at={node.lastSeen} />
      </Fact>
      {node.diskFreeBytes !== undefined && (
        <Fact label="Disk free">{formatBytes(node.diskFreeBytes)}</Fact>
      )}
      {load && carriesLoad(node) && (
        <>
          <Fact label="Requests">{formatRate(load.requestsPerSecond)}/s</Fact>
          <Fact label="Latency">{formatMs(load.latencyMs)}</Fact>
          <Fact label="Success">{formatPercent(load.successRate * 100)}</Fact>
        </>
      )}
      {node.limits && <Fact label="Limits by">{node.limits}</Fact>}
      {node.runtimes && node.runtimes.length > 0 && (
        <Fact label="Runtimes" wide>
          {node.runtimes.join(', ')}
        </Fact>
      )}
      {platform && (
        <Fact label="Platform" wide>
          {platform}
        </Fact>
      )}
    </dl>
  );
}

type FactProps = { label: string; wide?: boolean; children: React.ReactNode };

function Fact({ label, wide = false, children }: FactProps) {
  return (
    <div className={wide ? 'col-span-full min-w-0' : 'min-w-0'}>
      <dt className="text-xs text-muted">{label}</dt>
      <dd className="tabular break-words text-ink">{children}</dd>
    </div>
  );
}
