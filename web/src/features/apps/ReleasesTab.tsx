import type { AppView, ReleaseView } from '@automator67/worker';
import { FileArchive, GitBranch, History } from 'lucide-react';
import { Button } from '../../ui/Button';
import { Card, CardHeader } from '../../ui/Card';
import { ErrorBox } from '../../ui/ErrorBox';
import { formatBytes, formatDuration } from '../../ui/format';
import { RelativeTime } from '../../ui/RelativeTime';
import { StateBadge } from '../../ui/StateBadge';
import { DEPLOYMENT_TONE, stateWord } from '../../ui/states';
import { useAppActions } from './use-app-actions';

export function ReleasesTab({ app }: { app: AppView }) {
  const actions = useAppActions(app);
  const releases = [...app.releases].sort((a, b) => b.number - a.number);
  return (
    <div className="space-y-5">
      {app.deployment && <NewestDeployment app={app} />}
      {actions.error && <ErrorBox error={actions.error} />}
      <Card>
        <CardHeader
          title="Releases"
          hint="Every version that was deployed; any of them can serve again."
        />
        <ul className="divide-y divide-line">
          {releases.map((release) => (
            <ReleaseRow
              key={release.id}
              release={release}
              serves={release.id === app.release?.id}
              busy={actions.busy !== null}
              onRollback={() => void actions.rollback(release.id)}
            />
          ))}
        </ul>
      </Card>
    </div>
  );
}

function NewestDeployment({ app }: { app: AppView }) {
  const { deployment } = app;
  if (!deployment) return null;
  return (
    <Card>
      <CardHeader
        title="Newest deployment"
        actions={<StateBadge tone={DEPLOYMENT_TONE[deployment.state]} state={deployment.state} />}
      />
      <dl className="grid gap-4 p-4 text-sm sm:grid-cols-4 sm:p-5">
        <Fact label="What">{`${stateWord(deployment.kind)} of ${deployment.release}`}</Fact>
        <Fact label="Replicas">{`${deployment.ready} of ${deployment.wanted} ready`}</Fact>
        <Fact label="Started">
          <RelativeTime at={deployment.startedAt} />
        </Fact>
        <Fact label="Took">
          {deployment.finishedAt === undefined
            ? 'Not finished'
            : formatDuration(deployment.finishedAt - deployment.startedAt)}
        </Fact>
        <Fact label="Last step" wide>
          {deployment.step}
        </Fact>
      </dl>
    </Card>
  );
}

type FactProps = { label: string; wide?: boolean; children: React.ReactNode };

function Fact({ label, wide = false, children }: FactProps) {
  return (
    <div className={wide ? 'min-w-0 sm:col-span-4' : 'min-w-0'}>
      <dt className="text-[13px] text-muted">{label}</dt>
      <dd className="break-words text-ink">{children}</dd>
    </div>
  );
}

type ReleaseRowProps = {
  release: ReleaseView;
  serves: boolean;
  busy: boolean;
  onRollback: () => void;
};

function ReleaseRow({ release, serves, busy, onRollback }: ReleaseRowProps) {
  const Icon = release.source.startsWith('git ') ? GitBranch : FileArchive;
  return (
    <li
      data-testid="release-row"
      data-release={release.id}
      className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3.5 sm:px-5"
    >
      <Icon className="size-4 shrink-0 text-muted" aria-hidden />
      <div className="min-w-0 flex-1">
        <p className="flex items-center gap-2 text-sm font-medium text-ink">
          Release {release.number}
          {serves && <StateBadge tone="ok" state="serves" />}
        </p>
        <p className="text-[13px] break-words text-muted">
          {release.source.replace(/^(git|archive) /, '')}
          {release.commit && ` @ ${release.commit.slice(0, 7)}`} · {release.runtime}
          {release.bytes > 0 && ` · ${formatBytes(release.bytes)}`} ·{' '}
          <RelativeTime at={release.createdAt} />
        </p>
      </div>
      {!serves && (
        <Button size="sm" data-testid="release-rollback" disabled={busy} onClick={onRollback}>
          <History aria-hidden />
          Serve this<span className="sr-only"> release {release.number}</span>
        </Button>
      )}
    </li>
  );
}
