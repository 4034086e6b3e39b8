// One bucket: its objects as folders, a page at a time; get one, delete one, put files there.
import type { AccountView } from '@automator67/worker';
import { ChevronRight, FolderOpen, RefreshCw, Upload } from 'lucide-react';
import { useRef, useState } from 'react';
import { useSearchParams } from 'wouter';
import { Button } from '../../../ui/Button';
import { Card, CardHeader } from '../../../ui/Card';
import { ConfirmDialog } from '../../../ui/ConfirmDialog';
import { EmptyState } from '../../../ui/EmptyState';
import { ErrorBox } from '../../../ui/ErrorBox';
import { IconButton } from '../../../ui/IconButton';
import { formatBytes, plural } from '../../../ui/format';
import { Notice } from '../../../ui/Notice';
import { SkeletonRows } from '../../../ui/Skeleton';
import { crumbsOf, fileName, levelOf, type StoredObject } from './object-tree';
import { FolderRow, ObjectRow } from './ObjectRows';
import { RemoveStored } from './RemoveStored';
import { StoredPage } from './StoredPage';
import { useObjects } from './use-objects';
import { useTransfer } from './use-transfer';

type BucketPageProps = { account: string; bucket: string };

export function BucketPage({ account, bucket }: BucketPageProps) {
  return (
    <StoredPage
      account={account}
      operation="object.list"
      without="Its objects cannot be listed"
      title={<span className="break-all">{bucket}</span>}
      hint="A bucket at"
    >
      {(found) => <Browser account={found} bucket={bucket} />}
    </StoredPage>
  );
}

function Browser({ account, bucket }: { account: AccountView; bucket: string }) {
  const [search, setSearch] = useSearchParams();
  const prefix = search.get('in') ?? '';
  const { objects, after, error, loading, more, reload } = useObjects(account.id, bucket, prefix);
  const transfer = useTransfer(account.id, bucket);
  const picker = useRef<HTMLInputElement>(null);
  const [removing, setRemoving] = useState<{ object: StoredObject; open: boolean } | null>(null);
  const [replacing, setReplacing] = useState<readonly File[] | null>(null);
  const can = (operation: string) => account.operations.includes(operation);
  const level = levelOf(objects ?? [], prefix);
  const empty = objects !== null && level.folders.length === 0 && level.objects.length === 0;
  const into = (next: string) => setSearch(next === '' ? {} : { in: next });

  async function send(files: readonly File[]): Promise<void> {
    setReplacing(null);
    if ((await transfer.upload(files, prefix)) > 0) reload();
  }

  function pick(files: readonly File[]): void {
    if (files.length === 0) return;
    const there = new Set(level.objects.map(({ key }) => fileName(key)));
    if (files.some(({ name }) => there.has(name))) setReplacing(files);
    else void send(files);
  }

  return (
    <Card aria-label={`Objects of ${bucket}`} data-testid="object-list">
      <CardHeader
        title={<Crumbs bucket={bucket} prefix={prefix} onInto={into} />}
        actions={
          <>
            {can('object.put') && (
              <>
                <input
                  ref={picker}
                  type="file"
                  multiple
                  hidden
                  data-testid="object-files"
                  onChange={(event) => {
                    pick([...(event.target.files ?? [])]);
                    // The same file may be chosen again.
                    event.target.value = '';
                  }}
                />
                <Button
                  size="sm"
                  disabled={transfer.busy !== null}
                  data-testid="object-upload"
                  onClick={() => picker.current?.click()}
                >
                  <Upload aria-hidden />
                  Upload
                </Button>
              </>
            )}
            <IconButton
              icon={RefreshCw}
              label="Look at the objects again"
              title="Look again"
              data-testid="object-refresh"
              onClick={reload}
            />
          </>
        }
      />
      <div aria-live="polite" className="empty:hidden">
        {transfer.busy && (
          <div className="p-4 pb-0 sm:p-5 sm:pb-0">
            <Notice tone="busy">{transfer.busy}</Notice>
          </div>
        )}
      </div>
      {(transfer.error ?? error) && (
        <div className="space-y-3 p-4 sm:p-5">
          {transfer.error && <ErrorBox error={transfer.error} />}
          {error && <ErrorBox error={error} onRetry={reload} />}
        </div>
      )}
      {loading && objects === null && <SkeletonRows rows={4} className="p-4 sm:p-5" />}
      {empty && !error && (
        <EmptyState
          icon={FolderOpen}
          title={prefix === '' ? 'The bucket is empty' : 'Nothing here'}
        >
          {can('object.put') ? 'Upload files, or let an app write some.' : undefined}
        </EmptyState>
      )}
      {!empty && objects !== null && (
        <ul className="divide-y divide-line">
          {level.folders.map((folder) => (
            <FolderRow
              key={folder.prefix}
              folder={folder}
              partly={after !== null}
              onOpen={() => into(folder.prefix)}
            />
          ))}
          {level.objects.map((object) => (
            <ObjectRow
              key={object.key}
              object={object}
              busy={transfer.busy !== null}
              onDownload={can('object.get') ? () => void transfer.download(object) : undefined}
              onRemove={
                can('object.remove') ? () => setRemoving({ object, open: true }) : undefined
              }
            />
          ))}
        </ul>
      )}
      {objects !== null && after !== null && (
        <div className="flex items-center justify-between gap-3 border-t border-line px-4 py-3 sm:px-5">
          <p className="text-[13px] text-muted">
            {plural(objects.length, 'object')} ({formatBytes(sizeOf(objects))}) so far; there are
            more.
          </p>
          <Button
            size="sm"
            busy={loading}
            disabled={loading}
            data-testid="object-more"
            onClick={more}
          >
            Show more
          </Button>
        </div>
      )}
      {removing && (
        <RemoveStored
          account={account.id}
          title={`Delete ${fileName(removing.object.key)}?`}
          operation="object.remove"
          input={{ bucket, key: removing.object.key }}
          open={removing.open}
          onOpenChange={(open) => setRemoving({ ...removing, open })}
          onRemoved={reload}
        />
      )}
      <ConfirmDialog
        open={replacing !== null}
        onOpenChange={(open) => !open && setReplacing(null)}
        title="Replace what is there?"
        description="Files of the same name are here already; what they hold now is lost."
        confirmLabel="Replace"
        onConfirm={() => void send(replacing ?? [])}
        testId="replace-dialog"
      />
    </Card>
  );
}

const sizeOf = (objects: readonly StoredObject[]): number =>
  objects.reduce((sum, { size }) => sum + size, 0);

type CrumbsProps = { bucket: string; prefix: string; onInto: (prefix: string) => void };

function Crumbs({ bucket, prefix, onInto }: CrumbsProps) {
  const crumbs = [{ label: bucket, prefix: '' }, ...crumbsOf(prefix)];
  return (
    <nav aria-label="Folder">
      <ol className="flex flex-wrap items-center gap-x-1 gap-y-0.5">
        {crumbs.map((crumb, at) => (
          <li key={crumb.prefix} className="flex min-w-0 items-center gap-1">
            {at > 0 && <ChevronRight className="size-3.5 shrink-0 text-muted" aria-hidden />}
            {at === crumbs.length - 1 ? (
              <span aria-current="location" className="break-all">
                {crumb.label}
              </span>
            ) : (
              <button
                type="button"
                className="break-all text-accent-ink hover:underline"
                data-testid="object-crumb"
                onClick={() => onInto(crumb.prefix)}
              >
                {crumb.label}
              </button>
            )}
          </li>
        ))}
      </ol>
    </nav>
  );
}
