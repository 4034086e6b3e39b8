// Step 1: which provider. Cards to look through, and a table of those that are compared.
import type { AccountView, ProviderView } from '@automator67/worker';
import clsx from 'clsx';
import { Columns3, LayoutGrid, SearchX } from 'lucide-react';
import { useId, useState } from 'react';
import { Button } from '../../ui/Button';
import { Card } from '../../ui/Card';
import { EmptyState } from '../../ui/EmptyState';
import { plural } from '../../ui/format';
import { SearchInput } from '../../ui/SearchInput';
import { CompareTable } from './CompareTable';
import { chosen, NEEDS } from './policy-facts';
import { ProviderCard } from './ProviderCard';

type ChooseStepProps = {
  providers: readonly ProviderView[];
  accounts: readonly AccountView[];
};

const COMPARED_MIN = 2;

export function ChooseStep({ providers, accounts }: ChooseStepProps) {
  const id = useId();
  const [text, setText] = useState('');
  const [needs, setNeeds] = useState<readonly string[]>([]);
  const [compared, setCompared] = useState<readonly string[]>([]);
  const [table, setTable] = useState(false);
  const found = chosen(providers, text, needs);
  const comparing = providers.filter((one) => compared.includes(one.id));
  const enough = comparing.length >= COMPARED_MIN;
  const asTable = table && enough;

  function toggle(list: readonly string[], one: string): readonly string[] {
    return list.includes(one) ? list.filter((other) => other !== one) : [...list, one];
  }

  return (
    <>
      <div className="mb-4 space-y-3">
        <div className="relative max-w-md">
          <label htmlFor={`${id}-search`} className="sr-only">
            Search providers
          </label>
          <SearchInput
            id={`${id}-search`}
            placeholder="Search providers"
            value={text}
            data-testid="provider-search"
            onChange={(event) => setText(event.target.value)}
          />
        </div>
        <div role="group" aria-label="Show only what has" className="flex flex-wrap gap-2">
          {NEEDS.map((need) => {
            const on = needs.includes(need.id);
            return (
              <button
                key={need.id}
                type="button"
                aria-pressed={on}
                data-testid={`need-${need.id}`}
                onClick={() => setNeeds(toggle(needs, need.id))}
                className={clsx(
                  'h-8 rounded-full border px-3 text-[13px] transition-colors',
                  on
                    ? 'border-transparent bg-accent-soft font-medium text-accent-ink'
                    : 'border-line-strong/70 bg-surface text-muted hover:text-ink',
                )}
              >
                {need.label}
              </button>
            );
          })}
        </div>
        <div className="flex flex-wrap items-center justify-between gap-3">
          <p role="status" className="text-[13px] text-muted">
            {asTable
              ? `${plural(comparing.length, 'provider')} compared.`
              : `${plural(found.length, 'provider')} of ${providers.length}.`}
          </p>
          <div className="flex gap-2">
            {compared.length > 0 && (
              <Button variant="ghost" size="sm" onClick={() => setCompared([])}>
                Compare none
              </Button>
            )}
            <Button
              size="sm"
              aria-pressed={asTable}
              disabled={!enough}
              title={enough ? undefined : 'Tick “Compare” on two cards or more.'}
              data-testid="compare-toggle"
              onClick={() => setTable(!asTable)}
            >
              {asTable ? <LayoutGrid aria-hidden /> : <Columns3 aria-hidden />}
              {asTable ? 'Back to the cards' : `Compare ${comparing.length || ''}`.trim()}
            </Button>
          </div>
        </div>
      </div>
      {asTable ? (
        <CompareTable
          providers={comparing}
          onRemove={(one) => setCompared(compared.filter((other) => other !== one))}
        />
      ) : found.length === 0 ? (
        <Card>
          <EmptyState
            icon={SearchX}
            title="No provider is like that"
            action={
              <Button
                onClick={() => {
                  setText('');
                  setNeeds([]);
                }}
              >
                Show all
              </Button>
            }
          >
            None has everything you chose. Two accounts at different providers may have it together.
          </EmptyState>
        </Card>
      ) : (
        <ul className="grid gap-4 lg:grid-cols-2">
          {found.map((provider) => (
            <li key={provider.id} className="min-w-0">
              <ProviderCard
                provider={provider}
                accounts={accounts.filter((one) => one.provider === provider.id).length}
                compared={compared.includes(provider.id)}
                onCompare={() => setCompared(toggle(compared, provider.id))}
              />
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
