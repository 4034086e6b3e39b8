// A provider's policy card: every value with where it was read, and the person's own in its place.
import type { PolicyValue, ProviderView } from '@automator67/worker';
import { SearchX } from 'lucide-react';
import { useState } from 'react';
import { Link } from 'wouter';
import { useSend } from '../../engine/hooks';
import { toErrorView } from '../../engine/errors';
import { Button } from '../../ui/Button';
import { Card, CardHeader } from '../../ui/Card';
import { EmptyState } from '../../ui/EmptyState';
import { ErrorBox } from '../../ui/ErrorBox';
import { PageHeader } from '../../ui/PageHeader';
import { SkeletonRows } from '../../ui/Skeleton';
import { showToast } from '../../ui/toast-store';
import { connectPath } from './account-facts';
import { CapabilityList } from './CapabilityList';
import { OverrideDialog } from './OverrideDialog';
import { PolicyFact } from './PolicyFact';
import { isOwn } from './policy-facts';
import { useProviders } from './use-accounts';

export function ProviderPage({ id }: { id: string }) {
  const { providers, error, reload, put } = useProviders();
  if (error && !providers) return <ErrorBox error={error} onRetry={reload} />;
  if (!providers) return <SkeletonRows rows={6} />;
  const provider = providers.find((one) => one.id === id);
  if (!provider) {
    return (
      <Card>
        <EmptyState
          icon={SearchX}
          main
          title={`There is no provider called ${id}`}
          action={
            <Button asChild>
              <Link href={connectPath()}>All providers</Link>
            </Button>
          }
        />
      </Card>
    );
  }
  return (
    <>
      <PageHeader
        title={provider.name}
        hint={provider.summary}
        actions={
          <Button asChild variant="primary">
            <Link href={connectPath(provider.id)}>Connect {provider.name}</Link>
          </Button>
        }
      />
      <div className="mb-5">
        <CapabilityList capabilities={provider.capabilities} label="What it can do" />
      </div>
      <Card aria-label="Policy card">
        <CardHeader
          title="What it allows and limits"
          hint="Decisions use these values. Where you know better, put your own in their place."
        />
        <dl className="divide-y divide-line">
          {provider.values.map((value) => (
            <ValueRow key={value.key} provider={provider} value={value} onChanged={put} />
          ))}
        </dl>
      </Card>
    </>
  );
}

type ValueRowProps = {
  provider: ProviderView;
  value: PolicyValue;
  onChanged: (provider: ProviderView) => void;
};

function ValueRow({ provider, value, onChanged }: ValueRowProps) {
  const send = useSend();
  const [editing, setEditing] = useState(false);
  const [busy, setBusy] = useState(false);

  async function takeBack(): Promise<void> {
    setBusy(true);
    try {
      const answer = await send('provider.override', { provider: provider.id, key: value.key });
      onChanged(answer.provider);
      showToast({ title: `${value.label}: the card’s value counts again.` });
    } catch (failure) {
      showToast({ tone: 'bad', title: toErrorView(failure).message });
    } finally {
      setBusy(false);
    }
  }

  return (
    <div
      data-testid="policy-row"
      data-key={value.key}
      className="flex flex-wrap items-start gap-x-4 gap-y-2 px-4 py-3 text-sm sm:px-5"
    >
      <dt className="w-full text-[13px] text-muted sm:w-56 sm:shrink-0">{value.label}</dt>
      <dd className="min-w-0 flex-1 basis-56">
        <PolicyFact value={value} />
      </dd>
      <dd className="flex shrink-0 gap-1">
        {isOwn(value) && (
          <Button
            size="sm"
            variant="ghost"
            busy={busy}
            disabled={busy}
            data-testid="policy-take-back"
            onClick={() => void takeBack()}
          >
            Take back<span className="sr-only"> your value of {value.label}</span>
          </Button>
        )}
        <Button size="sm" data-testid="policy-override" onClick={() => setEditing(true)}>
          {isOwn(value) ? 'Change' : 'Override'}
          <span className="sr-only"> {value.label}</span>
        </Button>
        <OverrideDialog
          provider={provider.id}
          value={value}
          open={editing}
          onOpenChange={setEditing}
          onChanged={onChanged}
        />
      </dd>
    </div>
  );
}
