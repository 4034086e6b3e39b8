import { CloudCog, Compass, KeyRound } from 'lucide-react';
import { Suspense, useEffect } from 'react';
import { Link, Route, Switch, useLocation } from 'wouter';
import { useDemo, useEngine } from '../engine/hooks';
import { Button } from '../ui/Button';
import { Card } from '../ui/Card';
import { EmptyState } from '../ui/EmptyState';
import { Skeleton } from '../ui/Skeleton';
import { DESTINATIONS, isHere } from './destinations';
import { PageBoundary } from './PageBoundary';
import {
  AccountPage,
  AccountsPage,
  ActivityPage,
  AppPage,
  AppsPage,
  BucketPage,
  ConnectPage,
  DeployPage,
  DeviceSection,
  DocumentsPage,
  DueNotice,
  EngineFailed,
  NodesPage,
  OverviewPage,
  ProviderPage,
  SecretsPage,
  SecuritySection,
  SettingsPage,
} from './pages';

export function Routes() {
  const [path] = useLocation();
  const demo = useDemo();
  const phase = useEngine((mirror) => mirror.phase);
  const failure = useEngine((mirror) => mirror.failure);

  useEffect(() => {
    const here = DESTINATIONS.find((one) => isHere(one, path));
    document.title = here ? `${here.label} · Automator67` : 'Automator67';
  }, [path]);

  if (phase === 'failed' && failure) {
    return (
      <Suspense>
        <EngineFailed failure={failure} />
      </Suspense>
    );
  }
  if (phase === 'starting') return <PageSkeleton />;
  return (
    <PageBoundary key={path.split('/').slice(0, 3).join('/')}>
      <Suspense fallback={<PageSkeleton />}>
        <Switch>
          <Route path="/">
            <OverviewPage notice={<DueNotice />} />
          </Route>
          <Route path="/nodes" component={NodesPage} />
          {demo && (
            <Route path="/accounts/*?">
              <EmptyState main icon={CloudCog} title="The demo connects no accounts">
                It has no vault to seal a token in, and its cloud is played. A workspace of your own
                connects accounts at real providers.
              </EmptyState>
            </Route>
          )}
          <Route path="/accounts" component={AccountsPage} />
          <Route path="/accounts/connect/:provider?">
            {({ provider }) => (
              <ConnectPage provider={provider ? decodeURIComponent(provider) : undefined} />
            )}
          </Route>
          <Route path="/accounts/providers/:id">
            {({ id }) => <ProviderPage key={id} id={decodeURIComponent(id)} />}
          </Route>
          <Route path="/accounts/:id/buckets/:bucket">
            {({ id, bucket }) => (
              <BucketPage account={decodeURIComponent(id)} bucket={decodeURIComponent(bucket)} />
            )}
          </Route>
          <Route path="/accounts/:id/documents">
            {({ id }) => <DocumentsPage account={decodeURIComponent(id)} />}
          </Route>
          <Route path="/accounts/:id/:tab?">
            {({ id, tab }) => <AccountPage id={decodeURIComponent(id)} tab={tab ?? 'overview'} />}
          </Route>
          <Route path="/deploy">
            <DeployPage />
          </Route>
          <Route path="/apps" component={AppsPage} />
          <Route path="/apps/:name/:tab?">
            {({ name, tab }) => <AppPage name={decodeURIComponent(name)} tab={tab ?? 'replicas'} />}
          </Route>
          <Route path="/activity" component={ActivityPage} />
          <Route path="/secrets">
            {demo ? (
              <EmptyState main icon={KeyRound} title="The demo keeps no secrets">
                It is kept in memory only and has no vault to seal them in. A workspace of your own
                has one.
              </EmptyState>
            ) : (
              <SecretsPage />
            )}
          </Route>
          <Route path="/settings">
            {demo ? (
              <SettingsPage />
            ) : (
              <SettingsPage security={<SecuritySection />} device={<DeviceSection />} />
            )}
          </Route>
          <Route>
            <NotFound />
          </Route>
        </Switch>
      </Suspense>
    </PageBoundary>
  );
}

function NotFound() {
  return (
    <Card>
      <EmptyState
        icon={Compass}
        main
        title="There is no such page"
        action={
          <Button asChild>
            <Link href="/">Go to the overview</Link>
          </Button>
        }
      >
        The address may be mistyped, or the page has moved.
      </EmptyState>
    </Card>
  );
}

function PageSkeleton() {
  return (
    <div role="status">
      <span className="sr-only">Loading…</span>
      <Skeleton className="mb-2 h-7 w-40" />
      <Skeleton className="mb-6 h-4 w-64" />
      <Skeleton className="mb-4 h-24 w-full rounded-xl" />
      <Skeleton className="h-80 w-full rounded-xl" />
    </div>
  );
}
