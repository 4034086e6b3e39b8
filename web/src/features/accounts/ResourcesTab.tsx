// What an account has at its provider: one list a kind, as far as its adapter can tell.
import type { AccountView } from '@automator67/worker';
import { Boxes, Plus, RefreshCw, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { Link } from 'wouter';
import { useQuery } from '../../engine/use-query';
import { useOnline } from '../../engine/waiting';
import { Button } from '../../ui/Button';
import { Card, CardHeader } from '../../ui/Card';
import { EmptyState } from '../../ui/EmptyState';
import { IconButton } from '../../ui/IconButton';
import { RelativeTime } from '../../ui/RelativeTime';
import { SkeletonRows } from '../../ui/Skeleton';
import { StateBadge } from '../../ui/StateBadge';
import type { Tone } from '../../ui/states';
import { bucketPath, documentsPath } from './account-facts';
import { AccountError } from './LeftBehind';
import { NeedsNetwork } from './NeedsNetwork';
import { NEW_KINDS } from './new-resource';
import { NewResource } from './NewResource';
import { KINDS, resourcesIn, type Kind, type Resource } from './outputs';
import { RemoveResource } from './RemoveResource';

export function ResourcesTab({ account }: { account: AccountView }) {
  const online = useOnline();
  const kinds = KINDS.filter(({ kind }) => account.operations.includes(`${kind}.list`));
  const documents = account.operations.includes('document.query');
  if (kinds.length === 0 && !documents) {
    return (
      <Card>
        <EmptyState icon={Boxes} title="Nothing to list">
          This provider’s interface lists nothing that is kept there.
        </EmptyState>
      </Card>
    );
  }
  if (!online) return <NeedsNetwork />;
  return (
    <div className="space-y-5">
      {kinds.map(({ kind, title, one }) => (
        <ResourceList key={kind} account={account} kind={kind} title={title} one={one} />
      ))}
      {documents && (
        <Card aria-label="Documents">
          <CardHeader
            title="Documents"
            actions={
              <Button asChild size="sm">
                <Link href={documentsPath(account.id)} data-testid="documents-open">
                  Look at a collection
                </Link>
              </Button>
            }
          />
        </Card>
      )}
    </div>
  );
}

type ResourceListProps = { account: AccountView; kind: Kind; title: string; one: string };

function ResourceList({ account, kind, title, one }: ResourceListProps) {
  const { data, error, loading, reload } = useQuery('account.run', {
    account: account.id,
    operation: `${kind}.list`,
    input: {},
  });
  // What a dialog is about stays while it closes, so that its words do not vanish first.
  const [removing, setRemoving] = useState<{ resource: Resource; open: boolean } | null>(null);
  const resources = data ? resourcesIn(data.output, kind) : null;
  const [making, setMaking] = useState(false);
  const makes = NEW_KINDS.includes(kind) && account.operations.includes(`${kind}.create`);
  const removable = account.operations.includes(`${kind}.remove`);

  return (
    <Card data-testid="resource-list" data-kind={kind} aria-label={title}>
      <CardHeader
        title={resources ? `${title} (${resources.length})` : title}
        actions={
          <>
            {makes && (
              <Button size="sm" data-testid="resource-new" onClick={() => setMaking(true)}>
                <Plus aria-hidden />
                New {one}
              </Button>
            )}
            <IconButton
              icon={RefreshCw}
              label={`Look at the ${title.toLowerCase()} again`}
              title="Look again"
              data-testid="resource-refresh"
              onClick={reload}
            />
          </>
        }
      />
      {error && (
        <div className="p-4 sm:p-5">
          <AccountError
            account={account.id}
            operations={account.operations}
            error={error}
            onRetry={reload}
            onCleaned={reload}
          />
        </div>
      )}
      {loading && !resources && <SkeletonRows rows={2} className="p-4 sm:p-5" />}
      {!error && resources?.length === 0 && (
        <p className="px-4 py-6 text-center text-sm text-muted sm:px-5">
          None at {account.providerName}.
        </p>
      )}
      {resources && resources.length > 0 && (
        <ul className="divide-y divide-line">
          {resources.map((resource) => (
            <ResourceRow
              key={resource.id}
              resource={resource}
              href={
                kind === 'bucket' && account.operations.includes('object.list')
                  ? bucketPath(account.id, resource.name)
                  : undefined
              }
              onRemove={removable ? () => setRemoving({ resource, open: true }) : undefined}
            />
          ))}
        </ul>
      )}
      {makes && (
        <NewResource
          account={account}
          kind={kind}
          one={one}
          open={making}
          onOpenChange={setMaking}
          onMade={reload}
        />
      )}
      {removing && (
        <RemoveResource
          account={account.id}
          kind={kind}
          resource={removing.resource}
          open={removing.open}
          onOpenChange={(open) => setRemoving({ ...removing, open })}
          onRemoved={reload}
        />
      )}
    </Card>
  );
}

const STATE_TONE: Readonly<Record<string, Tone>> = {
  live: 'ok',
  creating: 'busy',
  building: 'busy',
  sleeping: 'idle',
  paused: 'idle',
  stopped: 'idle',
  empty: 'idle',
  suspended: 'warn',
  incomplete: 'warn',
  failed: 'bad',
};

type ResourceRowProps = {
  resource: Resource;
  /** Where what is in it is shown. */
  href?: string;
  onRemove?: () => void;
};

function ResourceRow({ resource, href, onRemove }: ResourceRowProps) {
  const { id, name, state, url, region, plan, detail, createdAt } = resource;
  const facts = [region, plan].filter((one) => one !== undefined);
  return (
    <li
      data-testid="resource-row"
      data-resource={id}
      className="flex items-center gap-3 px-4 py-3 sm:px-5"
    >
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-2">
          {href === undefined ? (
            <span className="text-sm font-medium break-all text-ink">{name}</span>
          ) : (
            <Link
              href={href}
              className="text-sm font-medium break-all text-accent-ink hover:underline"
              data-testid="resource-open"
            >
              {name}
            </Link>
          )}
          {state && <StateBadge tone={STATE_TONE[state] ?? 'idle'} state={state} />}
        </p>
        {url && (
          <a
            href={url.startsWith('http') ? url : `https://${url}`}
            target="_blank"
            rel="noopener noreferrer"
            className="font-mono text-[13px] break-all text-accent-ink hover:underline"
          >
            {url}
          </a>
        )}
        {detail && <p className="text-[13px] break-words text-ink">{detail}</p>}
        <p className="text-[13px] break-words text-muted">
          {name !== id && <span className="font-mono text-xs break-all">{id}</span>}
          {name !== id && (facts.length > 0 || createdAt !== undefined) && ' · '}
          {facts.join(' · ')}
          {createdAt !== undefined && (
            <>
              {facts.length > 0 && ' · '}made <RelativeTime at={createdAt} />
            </>
          )}
        </p>
      </div>
      {onRemove && (
        <IconButton
          icon={Trash2}
          label={`Remove ${name}`}
          title="Remove"
          data-testid="resource-remove"
          onClick={onRemove}
        />
      )}
    </li>
  );
}
