import { SearchX } from 'lucide-react';
import { lazy, Suspense } from 'react';
import { Link, useLocation } from 'wouter';
import { useApp } from '../../engine/hooks';
import { Button } from '../../ui/Button';
import { Card } from '../../ui/Card';
import { EmptyState } from '../../ui/EmptyState';
import { ErrorBox } from '../../ui/ErrorBox';
import { Notice } from '../../ui/Notice';
import { SkeletonRows } from '../../ui/Skeleton';
import { isRolling } from '../../ui/states';
import { TabPanel, Tabs } from '../../ui/Tabs';
import { AppHeader } from './AppHeader';
import { HistoryTab } from './HistoryTab';
import { LogsTab } from './LogsTab';
import { ReleasesTab } from './ReleasesTab';
import { ReplicasTab } from './ReplicasTab';
import { RolloutCard } from './RolloutCard';
import { SettingsTab } from './SettingsTab';

// uPlot is as large as the rest of this page: it is loaded when charts are first looked at.
const ChartsTab = lazy(async () => ({ default: (await import('./ChartsTab')).ChartsTab }));

type AppPageProps = { name: string; tab: string };

const TABS = ['replicas', 'logs', 'charts', 'releases', 'history', 'settings'];

export function AppPage({ name, tab }: AppPageProps) {
  const app = useApp(name);
  const [, navigate] = useLocation();
  if (!app) {
    return (
      <Card>
        <EmptyState
          icon={SearchX}
          main
          title={`There is no app called ${name}`}
          action={
            <Button asChild>
              <Link href="/apps">All apps</Link>
            </Button>
          }
        >
          It may have been removed, or the address is mistyped.
        </EmptyState>
      </Card>
    );
  }
  const { deployment } = app;
  const failed =
    deployment && (deployment.state === 'failed' || deployment.state === 'rolled-back')
      ? deployment
      : null;
  const shown = TABS.includes(tab) ? tab : 'replicas';
  return (
    <>
      <AppHeader app={app} />
      {app.attention && (
        <div className="mb-5">
          <Notice tone="warn">
            <p className="font-medium">{app.attention.message}</p>
            {app.attention.hint && <p className="mt-0.5">{app.attention.hint}</p>}
          </Notice>
        </div>
      )}
      {isRolling(deployment) && <RolloutCard app={app} deployment={deployment} />}
      {failed?.error && (
        <div className="mb-5 space-y-2">
          <ErrorBox
            title={
              failed.state === 'rolled-back'
                ? 'The newest release was rolled back.'
                : 'The last rollout failed.'
            }
            error={failed.error}
          />
          {app.release && app.replicasReady > 0 && (
            <Notice tone="ok">
              Release {app.release.number} keeps serving with {app.replicasReady} of{' '}
              {app.replicasWanted} replicas.
            </Notice>
          )}
        </div>
      )}
      <Tabs
        label={`Parts of ${app.name}`}
        value={shown}
        onChange={(next) =>
          navigate(`/apps/${encodeURIComponent(app.name)}/${next}`, { replace: true })
        }
        tabs={[
          { id: 'replicas', label: 'Replicas', count: app.replicas.length },
          { id: 'logs', label: 'Logs' },
          { id: 'charts', label: 'Charts' },
          { id: 'releases', label: 'Releases', count: app.releases.length },
          { id: 'history', label: 'History' },
          { id: 'settings', label: 'Settings' },
        ]}
      >
        <TabPanel id="replicas">
          <ReplicasTab app={app} />
        </TabPanel>
        <TabPanel id="logs">
          <LogsTab app={app} />
        </TabPanel>
        <TabPanel id="charts">
          <Suspense fallback={<SkeletonRows rows={6} />}>
            <ChartsTab app={app} />
          </Suspense>
        </TabPanel>
        <TabPanel id="releases">
          <ReleasesTab app={app} />
        </TabPanel>
        <TabPanel id="history">
          <HistoryTab app={app} />
        </TabPanel>
        <TabPanel id="settings">
          <SettingsTab app={app} />
        </TabPanel>
      </Tabs>
    </>
  );
}
