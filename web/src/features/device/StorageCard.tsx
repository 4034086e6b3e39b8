// Where everything of this workspace lies: how much room it takes, and whether the browser keeps it for good.
import { askToPersist } from '@automator67/worker';
import { useEffect, useState } from 'react';
import { FULL_SHARE, shareOf, storageWatch, useStorage } from '../../engine/storage-watch';
import { Button } from '../../ui/Button';
import { Card, CardHeader } from '../../ui/Card';
import { formatBytes, plural } from '../../ui/format';
import { Meter } from '../../ui/Meter';
import { Notice } from '../../ui/Notice';
import { Skeleton } from '../../ui/Skeleton';

export function StorageCard() {
  const { report, refused } = useStorage();
  useEffect(() => void storageWatch.refresh(), []);
  return (
    <Card aria-labelledby="storage" data-testid="storage-card">
      <CardHeader
        id="storage"
        title="Storage"
        hint="What this browser keeps for Automator67, on this device only."
      />
      <div className="space-y-4 p-4 sm:p-5">
        {report ? (
          <>
            <Meter
              label="Used"
              value={report.usedBytes}
              max={report.quotaBytes}
              text={`${formatBytes(report.usedBytes)} of ${formatBytes(report.quotaBytes)}`}
            />
            {(refused || shareOf(report) >= FULL_SHARE) && (
              <Notice tone="warn">
                Make room: remove apps you do not need (the archives of their releases are the big
                part), free space on the disk, or clear the data of other sites.
              </Notice>
            )}
            <dl className="divide-y divide-line">
              <Row label="Archives of releases">
                {plural(report.archives.count, 'archive')}, {formatBytes(report.archives.bytes)}
              </Row>
              <Row label="Kept for good">
                <Persistence persisted={report.persisted} />
              </Row>
            </dl>
          </>
        ) : (
          <Skeleton className="h-24 w-full" />
        )}
      </div>
    </Card>
  );
}

function Row({ label, children }: { label: string; children: React.ReactNode }) {
  return (
    <div className="grid gap-x-4 gap-y-1 py-3 sm:grid-cols-[10rem_1fr]">
      <dt className="text-sm text-muted">{label}</dt>
      <dd className="text-sm text-ink">{children}</dd>
    </div>
  );
}

function Persistence({ persisted }: { persisted: boolean }) {
  const [refused, setRefused] = useState(false);
  if (persisted) {
    return (
      <span data-testid="storage-persisted">Yes: the browser does not clear it by itself.</span>
    );
  }
  async function ask(): Promise<void> {
    setRefused(!(await askToPersist()));
    await storageWatch.refresh();
  }
  return (
    <div data-testid="storage-not-persisted">
      <p>
        No: the browser may clear it when the disk gets full. In a private window all of it is gone
        when the window closes, so keep a workspace in an ordinary one.
      </p>
      <Button size="sm" className="mt-2" data-testid="storage-persist" onClick={() => void ask()}>
        Ask the browser to keep it
      </Button>
      <p role="status" className="mt-2 text-[13px] text-muted empty:hidden">
        {refused &&
          'The browser refused for now. Installing the page, or a bookmark to it, often changes its mind.'}
      </p>
    </div>
  );
}
