import type { ProviderView } from '@automator67/worker';
import { X } from 'lucide-react';
import { Link } from 'wouter';
import { Button } from '../../ui/Button';
import { Card } from '../../ui/Card';
import { IconButton } from '../../ui/IconButton';
import { connectPath } from './account-facts';
import { CapabilityList } from './CapabilityList';
import { PolicyFact } from './PolicyFact';
import { comparison } from './policy-facts';

type CompareTableProps = { providers: readonly ProviderView[]; onRemove: (id: string) => void };

/** Every value of some providers side by side. */
export function CompareTable({ providers, onRemove }: CompareTableProps) {
  return (
    <Card className="overflow-hidden">
      <div
        role="region"
        aria-label="Comparison"
        // Scrollable regions must be reachable with the keyboard. `relative` keeps hidden words of the cells inside.
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
        className="relative overflow-x-auto -outline-offset-2"
      >
        <table className="w-full border-collapse text-left text-sm" data-testid="compare-table">
          <thead>
            <tr className="border-b border-line align-top">
              <th scope="col" className="min-w-32 px-4 py-3 text-xs font-medium text-muted">
                Value
              </th>
              {providers.map((provider) => (
                <th key={provider.id} scope="col" className="min-w-56 px-4 py-3">
                  <span className="flex items-start justify-between gap-2">
                    <span className="text-[15px] font-semibold text-ink">{provider.name}</span>
                    <IconButton
                      icon={X}
                      className="-mt-1"
                      label={`Take ${provider.name} out of the comparison`}
                      onClick={() => onRemove(provider.id)}
                    />
                  </span>
                  <Button asChild size="sm" className="mt-1.5">
                    <Link href={connectPath(provider.id)}>
                      Connect<span className="sr-only"> {provider.name}</span>
                    </Link>
                  </Button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody className="divide-y divide-line">
            <tr className="align-top">
              <RowHead>In a sentence</RowHead>
              {providers.map((one) => (
                <td key={one.id} className="px-4 py-2.5 text-ink">
                  {one.summary}
                </td>
              ))}
            </tr>
            <tr className="align-top">
              <RowHead>What it can do</RowHead>
              {providers.map((one) => (
                <td key={one.id} className="px-4 py-2.5">
                  <CapabilityList
                    capabilities={one.capabilities}
                    label={`What ${one.name} can do`}
                  />
                </td>
              ))}
            </tr>
            {comparison(providers).map(({ key, label, values }) => (
              <tr key={key} className="align-top" data-testid="compare-row" data-key={key}>
                <RowHead>{label}</RowHead>
                {values.map((value, index) => (
                  <td key={providers[index]?.id} className="px-4 py-2.5">
                    {value ? (
                      <PolicyFact value={value} />
                    ) : (
                      <span className="text-muted">Not on its card</span>
                    )}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  );
}

function RowHead({ children }: { children: string }) {
  return (
    <th scope="row" className="px-4 py-2.5 text-[13px] font-normal text-muted">
      {children}
    </th>
  );
}
