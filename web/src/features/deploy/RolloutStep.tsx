import type { AppView, DeploymentView } from '@automator67/worker';
import { ArrowUpRight, CircleCheck } from 'lucide-react';
import { Link } from 'wouter';
import { useApp } from '../../engine/hooks';
import { useOnline } from '../../engine/waiting';
import { Button } from '../../ui/Button';
import { CopyButton } from '../../ui/CopyButton';
import { DeploymentProgress } from '../../ui/DeploymentProgress';
import { ErrorBox } from '../../ui/ErrorBox';
import { formatDuration } from '../../ui/format';
import { Notice } from '../../ui/Notice';
import { deployStore, type Draft, type Rollout } from './deploy-draft';
import { StepFooter } from './StepFooter';

export function RolloutStep({ draft }: { draft: Draft }) {
  const { rollout } = draft;
  const live = useApp(rollout?.app ?? '');
  if (!rollout) return null;
  const deployment = newest(rollout.progress, live?.deployment, rollout);
  return (
    <>
      <div className="space-y-5 p-4 sm:p-6">
        {rollout.state === 'running' && (
          <Running rollout={rollout} deployment={deployment} live={live} />
        )}
        {rollout.state === 'done' && rollout.result && (
          <Done app={live ?? rollout.result} deployment={deployment} />
        )}
        {rollout.state === 'failed' && rollout.error && (
          <>
            <ErrorBox title={`${rollout.app} was not deployed.`} error={rollout.error} />
            <StillServing app={live} failed={deployment} />
          </>
        )}
        {rollout.state === 'cancelled' && (
          <>
            <Notice tone="idle">
              <p className="font-medium">The rollout was cancelled.</p>
              <p>{rollout.error?.message}</p>
            </Notice>
            <StillServing app={live} failed={deployment} />
          </>
        )}
      </div>
      <RolloutFooter rollout={rollout} />
    </>
  );
}

/** Progress of the command and events both tell of the deployment; the later word counts. */
function newest(
  progress: DeploymentView | null,
  event: DeploymentView | undefined,
  rollout: Rollout,
): DeploymentView | null {
  if (!progress) return rollout.state === 'running' ? null : (event ?? null);
  if (event && event.id === progress.id && rollout.state === 'running') return event;
  return progress;
}

type RunningProps = {
  rollout: Rollout;
  deployment: DeploymentView | null;
  live: AppView | undefined;
};

function Running({ rollout, deployment, live }: RunningProps) {
  const online = useOnline();
  if (!deployment) {
    return (
      <div role="status" data-testid="deploy-progress" className="text-sm text-muted">
        Handing {rollout.app} to the engine…
      </div>
    );
  }
  const replicas = (live?.replicas ?? []).filter((one) => one.release === deployment.release);
  return (
    <div data-testid="deploy-progress">
      <DeploymentProgress deployment={deployment} replicas={replicas} waits={!online} />
    </div>
  );
}

function Done({ app, deployment }: { app: AppView; deployment: DeploymentView | null }) {
  const took =
    deployment?.finishedAt !== undefined
      ? ` in ${formatDuration(deployment.finishedAt - deployment.startedAt)}`
      : '';
  return (
    <div className="flex flex-col items-center py-6 text-center" role="status">
      <CircleCheck className="mb-3 size-10 text-ok" strokeWidth={1.5} aria-hidden />
      <h2 className="text-lg font-semibold tracking-tight text-ink">{app.name} is live</h2>
      <p className="mt-1 text-sm text-muted">
        {app.replicasReady} of {app.replicasWanted} replicas ready{took}.
      </p>
      <div className="mt-5 flex max-w-full items-center gap-1 rounded-xl border border-line bg-canvas py-1.5 pr-1.5 pl-4 dark:bg-sunken">
        <a
          href={app.url}
          target="_blank"
          rel="noopener noreferrer"
          data-testid="deploy-done-url"
          className="min-w-0 truncate font-mono text-[13px] text-accent-ink hover:underline"
        >
          {app.url}
        </a>
        <CopyButton text={app.url} label="URL" />
        <Button asChild size="sm" variant="primary">
          <a href={app.url} target="_blank" rel="noopener noreferrer">
            Open
            <ArrowUpRight aria-hidden />
          </a>
        </Button>
      </div>
    </div>
  );
}

function StillServing({
  app,
  failed,
}: {
  app: AppView | undefined;
  failed: DeploymentView | null;
}) {
  if (!app?.release || app.replicasReady === 0 || app.release.id === failed?.release) return null;
  return (
    <Notice tone="ok">
      Release {app.release.number} keeps serving with {app.replicasReady} of {app.replicasWanted}{' '}
      replicas.
    </Notice>
  );
}

function RolloutFooter({ rollout }: { rollout: Rollout }) {
  if (rollout.state === 'running') {
    return (
      <StepFooter note="You may leave this page: the rollout goes on, and the app’s page shows it too.">
        <Button onClick={() => deployStore.cancel()} data-testid="deploy-cancel">
          Cancel rollout
        </Button>
      </StepFooter>
    );
  }
  const again = (
    <Button data-testid="deploy-again" onClick={() => deployStore.reset()}>
      {rollout.state === 'done' ? 'Deploy another' : 'Start over'}
    </Button>
  );
  if (rollout.state === 'done') {
    return (
      <StepFooter>
        {again}
        <Button asChild variant="primary">
          <Link href={`/apps/${rollout.app}`} data-testid="deploy-open-app">
            Go to the app
          </Link>
        </Button>
      </StepFooter>
    );
  }
  return (
    <StepFooter onBack={() => deployStore.change({ step: 'settings', plan: null, rollout: null })}>
      {again}
      <Button
        variant="primary"
        data-testid="deploy-retry"
        onClick={() => deployStore.change({ step: 'plan', plan: null, rollout: null })}
      >
        Plan again
      </Button>
    </StepFooter>
  );
}
