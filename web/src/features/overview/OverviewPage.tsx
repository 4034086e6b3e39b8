import { ArrowRight, Rocket, Table2, Waypoints } from 'lucide-react';
import { Suspense, useMemo, useState, type ReactNode } from 'react';
import { Link } from 'wouter';
import { useActivity, useApps, useNodes } from '../../engine/hooks';
import { ActivityRow } from '../../ui/ActivityRow';
import { Button } from '../../ui/Button';
import { Card, CardHeader } from '../../ui/Card';
import { formatCount, formatRate } from '../../ui/format';
import { PageHeader } from '../../ui/PageHeader';
import { Stat } from '../../ui/Stat';
import { cloudFacts, totalsOf } from './cloud-facts';
import { CloudPicture } from './CloudPicture';
import { CloudTable } from './CloudTable';
import { FirstSteps } from './FirstSteps';

const RECENT_LINES = 8;

/** `notice` is another feature's: what is to be done soon. */
export function OverviewPage({ notice }: { notice?: ReactNode }) {
  const nodes = useNodes();
  const apps = useApps();
  const activity = useActivity();
  const [asTable, setAsTable] = useState(false);
  const facts = useMemo(() => cloudFacts(nodes, apps), [nodes, apps]);
  const totals = useMemo(() => totalsOf(nodes, apps), [nodes, apps]);
  const recent = activity.slice(-RECENT_LINES).reverse();
  const short = totals.replicasReady < totals.replicasWanted;

  return (
    <>
      <PageHeader
        title="Overview"
        hint="Your cloud, live."
        actions={
          totals.apps > 0 && (
            <Button asChild variant="primary">
              <Link href="/deploy">
                <Rocket aria-hidden />
                Deploy
              </Link>
            </Button>
          )
        }
      />
      <Suspense>{notice}</Suspense>
      {totals.apps === 0 && <FirstSteps nodes={totals.workers} />}
      {totals.workers > 0 && (
        <Card className="mb-5">
          <dl className="grid grid-cols-2 divide-line max-sm:[&>*:last-child]:col-span-2 max-sm:[&>*:nth-child(n+3)]:border-t sm:grid-cols-5 sm:divide-x">
            <Stat label="Apps" value={formatCount(totals.apps)} />
            <Stat
              label="Replicas ready"
              value={`${totals.replicasReady}/${totals.replicasWanted}`}
              tone={short ? 'warn' : undefined}
            />
            <Stat label="Requests" value={formatRate(totals.requestsPerSecond)} unit="/s" />
            <Stat
              label="Errors"
              value={formatRate(totals.errorsPerSecond)}
              unit="/s"
              tone={totals.errorsPerSecond > 0 ? 'bad' : undefined}
            />
            <Stat
              label="Nodes awake"
              value={`${totals.nodesAwake}/${totals.nodes}`}
              tone={totals.nodesAwake < totals.nodes ? 'warn' : undefined}
            />
          </dl>
        </Card>
      )}
      {totals.workers > 0 && (
        <Card className="mb-5" aria-labelledby="picture">
          <CardHeader
            id="picture"
            title="Traffic and replicas"
            actions={
              <Button
                variant="ghost"
                size="sm"
                aria-pressed={asTable}
                data-testid="cloud-toggle"
                onClick={() => setAsTable(!asTable)}
              >
                {asTable ? <Waypoints aria-hidden /> : <Table2 aria-hidden />}
                {asTable ? 'As a picture' : 'As a table'}
              </Button>
            }
          />
          <div className="relative p-4 sm:p-5">
            {!asTable && <CloudPicture facts={facts} />}
            <CloudTable facts={facts} visible={asTable} />
            {facts.hidden > 0 && (
              <p className="mt-3 text-[13px] text-muted">
                And {formatCount(facts.hidden)} more on the{' '}
                <Link href="/nodes" className="text-accent-ink underline">
                  nodes page
                </Link>
                .
              </p>
            )}
          </div>
        </Card>
      )}
      {recent.length > 0 && (
        <Card aria-labelledby="recent">
          <CardHeader
            id="recent"
            title="Recent activity"
            actions={
              <Button asChild variant="ghost" size="sm">
                <Link href="/activity">
                  All activity
                  <ArrowRight aria-hidden />
                </Link>
              </Button>
            }
          />
          <ol className="divide-y divide-line">
            {recent.map((line) => (
              <ActivityRow key={line.seq} line={line} />
            ))}
          </ol>
        </Card>
      )}
    </>
  );
}
