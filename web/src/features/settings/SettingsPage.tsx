import type { ReactNode } from 'react';
import { useEngine } from '../../engine/hooks';
import { Card, CardHeader } from '../../ui/Card';
import { CopyButton } from '../../ui/CopyButton';
import { PageHeader } from '../../ui/PageHeader';
import { Skeleton } from '../../ui/Skeleton';
import { HistoryCard } from '../../history/HistoryCard';
import { HeartbeatCard } from './HeartbeatCard';
import { WeightsCard } from './WeightsCard';

type SettingsPageProps = { security?: ReactNode; device?: ReactNode };

/** `security` and `device` are other features' parts of this page. */
export function SettingsPage({ security, device }: SettingsPageProps) {
  const settings = useEngine((mirror) => mirror.settings);
  return (
    <>
      <PageHeader
        title="Settings"
        hint="How this cloud watches its nodes and spreads the load, and who may open it."
      />
      <div className="space-y-5">
        {settings ? (
          <>
            <WeightsCard saved={settings.weights} />
            <HeartbeatCard saved={settings.heartbeatSeconds} />
            <HistoryCard
              title="Changes of these settings"
              hint="Weights and heartbeat, newest first."
              entity="settings"
              version={JSON.stringify(settings)}
            />
          </>
        ) : (
          <Skeleton className="h-80 rounded-xl" />
        )}
        {security}
        <About />
        {device}
      </div>
    </>
  );
}

function About() {
  const controller = useEngine((mirror) => mirror.controller);
  if (!controller) return <Skeleton className="h-40 rounded-xl" />;
  const rows = [
    {
      label: 'State',
      value:
        controller.state === 'active'
          ? 'Active: this browser gives the orders'
          : 'Superseded: a newer controller gives the orders',
    },
    { label: 'Network', value: controller.online ? 'Online' : 'Offline' },
    { label: 'Epoch', value: String(controller.epoch) },
    { label: 'Version', value: controller.version },
  ];
  return (
    <Card aria-labelledby="about">
      <CardHeader id="about" title="About this controller" />
      <dl className="divide-y divide-line px-4 sm:px-5">
        <div className="grid gap-x-4 py-3 sm:grid-cols-[10rem_1fr]">
          <dt className="text-sm text-muted">Controller id</dt>
          <dd className="flex min-w-0 items-center gap-1">
            <code className="min-w-0 font-mono text-[13px] break-all text-ink">
              {controller.id}
            </code>
            <CopyButton text={controller.id} label="controller id" />
          </dd>
        </div>
        {rows.map((row) => (
          <div key={row.label} className="grid gap-x-4 py-3 sm:grid-cols-[10rem_1fr]">
            <dt className="text-sm text-muted">{row.label}</dt>
            <dd className="text-sm text-ink">{row.value}</dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}
