import type { AppView } from '@automator67/worker';
import { ArrowUpRight } from 'lucide-react';
import { Link } from 'wouter';
import { isUnheard, useOnline, waitingOf, WAITS } from '../../engine/waiting';
import { formatMs, formatRate } from '../../ui/format';
import { ProgressBar } from '../../ui/ProgressBar';
import { ReplicaDots } from '../../ui/ReplicaDots';
import { StateBadge } from '../../ui/StateBadge';
import { APP_TONE, isRolling } from '../../ui/states';
import { WaitingBadge } from '../../ui/WaitingBadge';

export function AppCard({ app }: { app: AppView }) {
  const online = useOnline();
  const waiting = waitingOf(app, online);
  const rolling = isRolling(app.deployment) ? app.deployment : null;
  return (
    <article
      data-testid="app-card"
      data-app={app.name}
      data-state={app.state}
      className="relative rounded-xl border border-line bg-surface shadow-card transition-colors hover:border-line-strong"
    >
      <div className="p-4 sm:p-5">
        <div className="flex items-start justify-between gap-3">
          <div className="min-w-0">
            <h2 className="truncate text-[15px] font-semibold text-ink">
              <Link
                href={`/apps/${app.name}`}
                className="rounded after:absolute after:inset-0 after:rounded-xl"
              >
                {app.name}
              </Link>
            </h2>
            <a
              href={app.url}
              target="_blank"
              rel="noopener noreferrer"
              className="relative z-10 inline-flex max-w-full items-center gap-1 text-[13px] text-muted hover:text-accent-ink hover:underline"
            >
              <span className="truncate">{app.url.replace(/^https?:\/\//, '')}</span>
              <ArrowUpRight className="size-3.5 shrink-0" aria-hidden />
            </a>
          </div>
          <div className="flex shrink-0 flex-wrap justify-end gap-1.5">
            {waiting && <WaitingBadge what={waiting.what} />}
            {isUnheard(app, online) ? (
              !waiting && <StateBadge tone="idle" state="not heard yet" />
            ) : (
              <StateBadge tone={APP_TONE[app.state]} state={app.state} />
            )}
          </div>
        </div>
        <div className="mt-4 flex h-5 items-center gap-3">
          <ReplicaDots replicas={app.replicas} />
          <span className="tabular text-[13px] text-muted">
            <span className="text-ink">
              {app.replicasReady}/{app.replicasWanted}
            </span>{' '}
            ready
          </span>
        </div>
      </div>
      {rolling ? (
        <div className="border-t border-line px-4 py-3 sm:px-5">
          <p className="mb-2 truncate text-[13px] text-muted">{waiting ? WAITS : rolling.step}</p>
          <ProgressBar label={`Rollout of ${app.name}`} percent={rolling.percent} />
        </div>
      ) : (
        <dl className="grid grid-cols-4 border-t border-line px-4 py-3 sm:px-5">
          <Figure label="Requests" value={`${formatRate(app.requestsPerSecond)}/s`} />
          <Figure label="p95" value={formatMs(app.p95Ms)} />
          <Figure label="Errors" value={`${formatRate(app.errorsPerSecond)}/s`} />
          <Figure label="Release" value={app.release ? String(app.release.number) : '–'} />
        </dl>
      )}
    </article>
  );
}

function Figure({ label, value }: { label: string; value: string }) {
  return (
    <div className="min-w-0">
      <dt className="text-xs text-muted">{label}</dt>
      <dd className="tabular truncate text-sm text-ink">{value}</dd>
    </div>
  );
}
