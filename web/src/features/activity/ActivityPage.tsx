// What happened, and who ordered what: events and the audit log. The tab is in the address's query, so that
// turning to the other one is no other page.
import { lazy, Suspense } from 'react';
import { useLocation, useSearch } from 'wouter';
import { PageHeader } from '../../ui/PageHeader';
import { SkeletonRows } from '../../ui/Skeleton';
import { TabPanel, Tabs } from '../../ui/Tabs';
import { EventsTab } from './EventsTab';

const AuditTab = lazy(async () => ({ default: (await import('./AuditTab')).AuditTab }));

const AUDIT = 'audit';
const EVENTS = 'events';

export function ActivityPage() {
  const [, navigate] = useLocation();
  const shown = new URLSearchParams(useSearch()).get('tab') === AUDIT ? AUDIT : EVENTS;
  return (
    <>
      <PageHeader title="Activity" hint="What happened in your cloud, and every command given." />
      <Tabs
        label="Parts of the activity"
        value={shown}
        onChange={(next) =>
          navigate(next === AUDIT ? `/activity?tab=${AUDIT}` : '/activity', { replace: true })
        }
        tabs={[
          { id: EVENTS, label: 'Events' },
          { id: AUDIT, label: 'Audit log' },
        ]}
      >
        <TabPanel id={EVENTS}>
          <EventsTab />
        </TabPanel>
        <TabPanel id={AUDIT}>
          <Suspense fallback={<SkeletonRows rows={6} />}>
            <AuditTab />
          </Suspense>
        </TabPanel>
      </Tabs>
    </>
  );
}
