import type { AppView, DeploymentView } from '@automator67/worker';
import { useOnline } from '../../engine/waiting';
import { Button } from '../../ui/Button';
import { Card } from '../../ui/Card';
import { DeploymentProgress } from '../../ui/DeploymentProgress';
import { ErrorBox } from '../../ui/ErrorBox';
import { useAppActions } from './use-app-actions';

type RolloutCardProps = { app: AppView; deployment: DeploymentView };

/** The rollout that goes on, whoever ordered it and from wherever, and the way to end it. */
export function RolloutCard({ app, deployment }: RolloutCardProps) {
  const { cancel, busy, error } = useAppActions(app);
  const online = useOnline();
  return (
    <Card className="mb-5 space-y-4 p-4 sm:p-5" data-testid="app-rollout">
      <DeploymentProgress
        deployment={deployment}
        waits={!online}
        replicas={app.replicas.filter((one) => one.state !== 'ready')}
      />
      {error && <ErrorBox title="The rollout was not cancelled." error={error} />}
      <Button
        size="sm"
        data-testid="app-rollout-cancel"
        disabled={busy === 'cancel'}
        onClick={() => void cancel()}
      >
        Cancel
      </Button>
    </Card>
  );
}
