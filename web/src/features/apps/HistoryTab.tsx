import type { AppView } from '@automator67/worker';
import { isRolling } from '../../ui/states';
import { HistoryCard } from '../../history/HistoryCard';

export function HistoryTab({ app }: { app: AppView }) {
  const { deployment } = app;
  const version = [
    app.replicasWanted,
    app.state === 'stopped',
    app.release?.id,
    deployment?.id,
    deployment?.state,
  ].join(' ');
  return (
    <HistoryCard
      title="Changes"
      hint="What was decided about this app. Taking a change back is a rollout like any other."
      entity={`app/${app.name}`}
      version={version}
      blocked={isRolling(deployment)}
    />
  );
}
