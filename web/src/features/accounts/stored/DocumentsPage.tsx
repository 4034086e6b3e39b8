// The documents of a collection: find them, look at one, delete one. Collections cannot be listed by every provider, so
// the person names one.
import type { AccountView } from '@automator67/worker';
import { Eye, FileText, RefreshCw, Trash2 } from 'lucide-react';
import { useId, useState } from 'react';
import { useSearchParams } from 'wouter';
import { useQuery } from '../../../engine/use-query';
import { Button } from '../../../ui/Button';
import { Card, CardHeader } from '../../../ui/Card';
import { CodeBlock } from '../../../ui/CodeBlock';
import { Dialog } from '../../../ui/Dialog';
import { EmptyState } from '../../../ui/EmptyState';
import { ErrorBox } from '../../../ui/ErrorBox';
import { Field } from '../../../ui/Field';
import { IconButton } from '../../../ui/IconButton';
import { SkeletonRows } from '../../../ui/Skeleton';
import { TextInput } from '../../../ui/TextInput';
import { documentsIn, type StoredDocument } from './outputs';
import { RemoveStored } from './RemoveStored';
import { StoredPage } from './StoredPage';

export const PAGE_DOCUMENTS = 50;
const DOCUMENTS_MAX = 1000; // that one question can ask for

export function DocumentsPage({ account }: { account: string }) {
  return (
    <StoredPage
      account={account}
      operation="document.query"
      without="It keeps no documents"
      title="Documents"
      hint="At"
    >
      {(found) => <Collection account={found} />}
    </StoredPage>
  );
}

function Collection({ account }: { account: AccountView }) {
  const id = useId();
  const [search, setSearch] = useSearchParams();
  const collection = search.get('collection') ?? '';
  const [typed, setTyped] = useState(collection);
  return (
    <div className="space-y-5">
      <form
        className="flex max-w-xl flex-wrap items-end gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          const name = typed.trim();
          setSearch(name === '' ? {} : { collection: name });
        }}
      >
        <div className="min-w-0 flex-1">
          <Field label="Collection" htmlFor={id}>
            <TextInput
              id={id}
              value={typed}
              maxLength={512}
              autoComplete="off"
              autoCapitalize="none"
              spellCheck={false}
              data-testid="documents-collection"
              onChange={(event) => setTyped(event.target.value)}
            />
          </Field>
        </div>
        <Button type="submit" variant="primary" data-testid="documents-show">
          Show
        </Button>
      </form>
      {collection === '' ? (
        <Card>
          <EmptyState icon={FileText} title="Which collection?">
            Name one as your app does, for example notes.
          </EmptyState>
        </Card>
      ) : (
        <DocumentList key={collection} account={account} collection={collection} />
      )}
    </div>
  );
}

type DocumentListProps = { account: AccountView; collection: string };

function DocumentList({ account, collection }: DocumentListProps) {
  const [count, setCount] = useState(PAGE_DOCUMENTS);
  // One more than is shown tells whether there are more.
  const limit = Math.min(count + 1, DOCUMENTS_MAX);
  const { data, error, loading, reload } = useQuery('account.run', {
    account: account.id,
    operation: 'document.query',
    input: { collection, limit },
  });
  const all = data ? documentsIn(data.output) : null;
  const documents = all?.slice(0, count) ?? null;
  const more = all !== null && all.length > count;
  const [looking, setLooking] = useState<{ document: StoredDocument; open: boolean } | null>(null);
  const [removing, setRemoving] = useState<{ document: StoredDocument; open: boolean } | null>(
    null,
  );
  const removable = account.operations.includes('document.remove');
  return (
    <Card aria-label={`Documents of ${collection}`} data-testid="document-list">
      <CardHeader
        title={<span className="break-all">{collection}</span>}
        actions={
          <IconButton
            icon={RefreshCw}
            label="Look at the documents again"
            title="Look again"
            data-testid="document-refresh"
            onClick={reload}
          />
        }
      />
      {error && (
        <div className="p-4 sm:p-5">
          <ErrorBox error={error} onRetry={reload} />
        </div>
      )}
      {loading && !documents && <SkeletonRows rows={4} className="p-4 sm:p-5" />}
      {!error && documents?.length === 0 && (
        <EmptyState icon={FileText} title="No documents in it">
          Or there is no such collection: the provider does not tell.
        </EmptyState>
      )}
      {documents && documents.length > 0 && (
        <ul className="divide-y divide-line">
          {documents.map((document) => (
            <DocumentRow
              key={document.id}
              document={document}
              onLook={() => setLooking({ document, open: true })}
              onRemove={removable ? () => setRemoving({ document, open: true }) : undefined}
            />
          ))}
        </ul>
      )}
      {more && (
        <div className="flex justify-end border-t border-line px-4 py-3 sm:px-5">
          <Button
            size="sm"
            busy={loading}
            data-testid="document-more"
            onClick={() => setCount(count + PAGE_DOCUMENTS)}
          >
            Show more
          </Button>
        </div>
      )}
      {looking && (
        <Dialog
          open={looking.open}
          onOpenChange={(open) => setLooking({ ...looking, open })}
          title={looking.document.id}
          description={`A document of ${collection}.`}
          size="lg"
          testId="document-dialog"
        >
          <CodeBlock label="As JSON" text={JSON.stringify(looking.document.value, null, 2)} />
        </Dialog>
      )}
      {removing && (
        <RemoveStored
          account={account.id}
          title={`Delete ${removing.document.id}?`}
          operation="document.remove"
          input={{ collection, id: removing.document.id }}
          open={removing.open}
          onOpenChange={(open) => setRemoving({ ...removing, open })}
          onRemoved={reload}
        />
      )}
    </Card>
  );
}

type DocumentRowProps = { document: StoredDocument; onLook: () => void; onRemove?: () => void };

function DocumentRow({ document, onLook, onRemove }: DocumentRowProps) {
  return (
    <li
      data-testid="document-row"
      data-document={document.id}
      className="flex items-center gap-3 px-4 py-3 sm:px-5"
    >
      <div className="min-w-0 flex-1">
        <p className="text-sm font-medium break-all text-ink">{document.id}</p>
        <p className="truncate font-mono text-xs text-muted">{JSON.stringify(document.value)}</p>
      </div>
      <IconButton
        icon={Eye}
        label={`Look at ${document.id}`}
        title="Look"
        data-testid="document-look"
        onClick={onLook}
      />
      {onRemove && (
        <IconButton
          icon={Trash2}
          label={`Delete ${document.id}`}
          title="Delete"
          data-testid="document-remove"
          onClick={onRemove}
        />
      )}
    </li>
  );
}
