import { Boxes, Rocket } from 'lucide-react';
import { Link } from 'wouter';
import { useApps, useNodes } from '../../engine/hooks';
import { Button } from '../../ui/Button';
import { Card } from '../../ui/Card';
import { EmptyState } from '../../ui/EmptyState';
import { plural } from '../../ui/format';
import { PageHeader } from '../../ui/PageHeader';
import { AppCard } from './AppCard';

export function AppsPage() {
  const apps = useApps();
  const nodes = useNodes();
  const running = apps.filter((app) => app.state === 'running').length;
  return (
    <>
      <PageHeader
        title="Apps"
        hint={
          apps.length === 0
            ? 'What you deployed.'
            : `${plural(apps.length, 'app')}, ${running} running.`
        }
        actions={
          apps.length > 0 && (
            <Button asChild variant="primary">
              <Link href="/deploy">
                <Rocket aria-hidden />
                Deploy
              </Link>
            </Button>
          )
        }
      />
      {apps.length === 0 ? (
        <Card>
          <EmptyState
            icon={Boxes}
            title="No apps yet"
            action={
              nodes.length === 0 ? (
                <Button asChild variant="primary">
                  <Link href="/nodes">Claim a node first</Link>
                </Button>
              ) : (
                <Button asChild variant="primary">
                  <Link href="/deploy">
                    <Rocket aria-hidden />
                    Deploy your first app
                  </Link>
                </Button>
              )
            }
          >
            Drop a folder, and it runs on several nodes behind one URL.
          </EmptyState>
        </Card>
      ) : (
        <ul className="grid gap-4 lg:grid-cols-2">
          {apps.map((app) => (
            <li key={app.name} className="min-w-0">
              <AppCard app={app} />
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
