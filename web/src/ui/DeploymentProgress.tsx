import type { DeploymentView, ReplicaView } from '@automator67/worker';
import { WAITS } from '../engine/waiting';
import { ErrorBox } from './ErrorBox';
import { ProgressBar } from './ProgressBar';
import { StateBadge } from './StateBadge';
import { DEPLOYMENT_TONE, isRolling, REPLICA_TONE } from './states';

type DeploymentProgressProps = {
  deployment: DeploymentView;
  /** There is no network: nothing of it goes on for now. */
  waits?: boolean;
  replicas: readonly ReplicaView[];
};

const KINDS: Record<DeploymentView['kind'], string> = {
  deploy: 'Deploying',
  scale: 'Scaling',
  restart: 'Restarting',
  rollback: 'Rolling back',
  start: 'Starting',
};

/** How far a rollout is: percent, the sentence of now, and every replica's state. */
export function DeploymentProgress({
  deployment,
  replicas,
  waits = false,
}: DeploymentProgressProps) {
  const rolling = isRolling(deployment);
  const step = rolling && waits ? WAITS : deployment.step;
  return (
    <div>
      <div className="mb-2 flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1">
        <p className="min-w-0 text-sm font-medium text-ink" role="status">
          {rolling ? `${KINDS[deployment.kind]}: ` : ''}
          <span className={rolling ? 'font-normal text-muted' : undefined}>{step}</span>
        </p>
        <p className="tabular text-[13px] text-muted">
          {deployment.ready} of {deployment.wanted} ready · {deployment.percent}%
        </p>
      </div>
      <ProgressBar
        label="Rollout"
        percent={deployment.percent}
        tone={rolling ? undefined : DEPLOYMENT_TONE[deployment.state]}
        testId="rollout-bar"
      />
      {replicas.length > 0 && (
        <ul className="mt-4 divide-y divide-line rounded-xl border border-line">
          {replicas.map((replica) => (
            <li
              key={replica.id}
              className="px-4 py-2.5"
              data-testid="rollout-replica"
              data-state={replica.state}
            >
              <div className="flex items-center justify-between gap-3">
                <p className="min-w-0 truncate text-sm text-ink">
                  {replica.nodeName}
                  <span className="ml-2 font-mono text-xs text-muted max-sm:hidden">
                    {replica.id}
                  </span>
                </p>
                <StateBadge tone={REPLICA_TONE[replica.state]} state={replica.state} />
              </div>
              {replica.reason && (
                <div className="mt-2">
                  <ErrorBox error={replica.reason} />
                </div>
              )}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
