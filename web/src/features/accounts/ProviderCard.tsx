import type { ProviderView } from '@automator67/worker';
import { Link } from 'wouter';
import { Button } from '../../ui/Button';
import { Card } from '../../ui/Card';
import { plural } from '../../ui/format';
import { connectPath, providerPath } from './account-facts';
import { CapabilityList } from './CapabilityList';
import { PolicyFact } from './PolicyFact';
import { freeValues, inForce, questionsOf, valueWords } from './policy-facts';

type ProviderCardProps = {
  provider: ProviderView;
  /** So many accounts of it are connected. */
  accounts: number;
  compared: boolean;
  onCompare: (compared: boolean) => void;
};

export function ProviderCard({ provider, accounts, compared, onCompare }: ProviderCardProps) {
  const free = freeValues(provider);
  const old = provider.values.some((value) => value.stale);
  return (
    <Card
      className="flex h-full flex-col p-4 sm:p-5"
      data-testid="provider-card"
      data-provider={provider.id}
      aria-label={provider.name}
    >
      <div className="flex items-start justify-between gap-3">
        <h2 className="text-[15px] font-semibold text-ink">{provider.name}</h2>
        <label className="flex shrink-0 items-center gap-1.5 py-0.5 text-[13px] text-muted">
          <input
            type="checkbox"
            className="size-4 accent-accent"
            checked={compared}
            data-testid="provider-compare"
            onChange={(event) => onCompare(event.target.checked)}
          />
          Compare<span className="sr-only"> {provider.name}</span>
        </label>
      </div>
      <p className="mt-1 text-sm text-pretty text-muted">{provider.summary}</p>
      {accounts > 0 && (
        <p className="mt-1 text-[13px] text-ok">{plural(accounts, 'account')} connected</p>
      )}
      <div className="mt-3">
        <CapabilityList capabilities={provider.capabilities} label="What it can do" />
      </div>
      <dl className="mt-4 grid gap-x-4 gap-y-3 text-sm sm:grid-cols-2">
        {questionsOf(provider).map(({ key, label, value }) => (
          <div key={key} className="min-w-0">
            <dt className="text-xs text-muted">{label}</dt>
            <dd>{value ? <PolicyFact value={value} /> : 'Not on its card'}</dd>
          </div>
        ))}
      </dl>
      {free.length > 0 && (
        <details className="mt-4 text-sm" data-testid="provider-free">
          <summary className="cursor-pointer font-medium text-ink">
            What is free: {plural(free.length, 'value')}
            <span className="block truncate text-[13px] font-normal text-muted">
              {free
                .filter((value) => inForce(value) !== undefined)
                .map(valueWords)
                .join(' · ')}
            </span>
          </summary>
          <dl className="mt-3 space-y-2.5">
            {free.map((value) => (
              <div key={value.key}>
                <dt className="text-xs text-muted">{value.label}</dt>
                <dd>
                  <PolicyFact value={value} />
                </dd>
              </div>
            ))}
          </dl>
        </details>
      )}
      {old && (
        <p className="mt-3 text-[13px] text-warn" data-testid="provider-stale">
          Some of these were read more than 180 days ago.
        </p>
      )}
      <div className="mt-auto flex flex-wrap items-center gap-2 pt-5">
        <Button asChild variant="primary">
          <Link href={connectPath(provider.id)} data-testid="provider-choose">
            Connect {provider.name}
          </Link>
        </Button>
        <Button asChild variant="ghost">
          <Link href={providerPath(provider.id)}>
            All values<span className="sr-only"> of {provider.name}</span>
          </Link>
        </Button>
      </div>
    </Card>
  );
}
