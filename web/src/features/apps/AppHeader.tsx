import type { AppView } from '@automator67/worker';
import { ArrowUpRight, Play, Rocket, RotateCw, Square, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { Link } from 'wouter';
import { isUnheard, useOnline, waitingOf } from '../../engine/waiting';
import { Button } from '../../ui/Button';
import { Card } from '../../ui/Card';
import { CopyButton } from '../../ui/CopyButton';
import { ErrorBox } from '../../ui/ErrorBox';
import { formatMs, formatRate } from '../../ui/format';
import { Stat } from '../../ui/Stat';
import { StateBadge } from '../../ui/StateBadge';
import { APP_TONE } from '../../ui/states';
import { WaitingBadge } from '../../ui/WaitingBadge';
import { RemoveApp } from './RemoveApp';
import { ScaleControl } from './ScaleControl';
import { useAppActions } from './use-app-actions';

export function AppHeader({ app }: { app: AppView }) {
  const [removing, setRemoving] = useState(false);
  const actions = useAppActions(app);
  const online = useOnline();
  const waiting = waitingOf(app, online);
  const stopped = app.state === 'stopped';
  const short = app.replicasReady < app.replicasWanted && !stopped;
  return (
    <header className="mb-6">
      <div className="mb-4 flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <div className="min-w-0">
          <div className="flex flex-wrap items-center gap-3">
            <h1 className="truncate text-xl font-semibold tracking-tight text-ink sm:text-[22px]">
              {app.name}
            </h1>
            <span data-testid="app-state" data-state={app.state}>
              {isUnheard(app, online) ? (
                <StateBadge
                  tone="idle"
                  state="not heard yet"
                  title="Without a network nothing is heard of its replicas. They keep running."
                />
              ) : (
                <StateBadge tone={APP_TONE[app.state]} state={app.state} />
              )}
            </span>
            {waiting && <WaitingBadge what={waiting.what} />}
          </div>
          <div className="mt-1 flex items-center gap-0.5">
            <a
              href={app.url}
              target="_blank"
              rel="noopener noreferrer"
              data-testid="app-url"
              className="inline-flex min-w-0 items-center gap-1 font-mono text-[13px] text-accent-ink hover:underline"
            >
              <span className="truncate">{app.url}</span>
              <ArrowUpRight className="size-3.5 shrink-0" aria-hidden />
            </a>
            <CopyButton text={app.url} label="URL" />
          </div>
        </div>
        <div className="flex flex-wrap gap-2">
          <Button asChild>
            <Link href={`/deploy?app=${encodeURIComponent(app.name)}`} data-testid="app-deploy">
              <Rocket aria-hidden />
              New release
            </Link>
          </Button>
          {stopped ? (
            <Button
              variant="primary"
              data-testid="app-start"
              busy={actions.busy === 'start'}
              disabled={actions.busy !== null}
              onClick={() => void actions.start()}
            >
              <Play aria-hidden />
              Start
            </Button>
          ) : (
            <>
              <Button
                data-testid="app-restart"
                busy={actions.busy === 'restart'}
                disabled={actions.busy !== null}
                onClick={() => void actions.restart()}
              >
                <RotateCw aria-hidden />
                Restart
              </Button>
              <Button
                data-testid="app-stop"
                busy={actions.busy === 'stop'}
                disabled={actions.busy !== null}
                onClick={() => void actions.stop()}
              >
                <Square aria-hidden />
                Stop
              </Button>
            </>
          )}
          <Button
            variant="danger"
            size="icon"
            data-testid="app-remove"
            aria-label={`Remove ${app.name}`}
            title="Remove app"
            onClick={() => setRemoving(true)}
          >
            <Trash2 aria-hidden />
          </Button>
        </div>
      </div>
      {actions.error && (
        <div className="mb-4">
          <ErrorBox error={actions.error} />
        </div>
      )}
      <Card>
        <div className="flex flex-wrap items-stretch justify-between">
          <dl className="grid w-full grid-cols-2 sm:w-auto sm:flex-1 sm:grid-cols-4">
            <Stat
              label="Ready"
              tone={short ? 'warn' : undefined}
              value={
                <span data-testid="app-ready">{`${app.replicasReady}/${app.replicasWanted}`}</span>
              }
              unit="replicas"
            />
            <Stat label="Requests" value={formatRate(app.requestsPerSecond)} unit="/s" />
            <Stat
              label="Latency p95"
              value={formatMs(app.p95Ms)}
              note={`p50 ${formatMs(app.p50Ms)}`}
            />
            <Stat
              label="Errors"
              value={formatRate(app.errorsPerSecond)}
              unit="/s"
              tone={app.errorsPerSecond > 0 ? 'bad' : undefined}
            />
          </dl>
          <ScaleControl app={app} onScale={actions.scale} busy={actions.busy === 'scale'} />
        </div>
      </Card>
      <RemoveApp app={app} open={removing} onOpenChange={setRemoving} />
    </header>
  );
}
