import type { BalanceWeights } from '@automator67/worker';
import clsx from 'clsx';
import { useId, useState } from 'react';
import { useCommand } from '../../engine/use-command';
import { Button } from '../../ui/Button';
import { Card, CardHeader } from '../../ui/Card';
import { ErrorBox } from '../../ui/ErrorBox';
import { showToast } from '../../ui/toast-store';

const SIGNALS = [
  { key: 'cpu', label: 'CPU', hint: 'Prefer nodes with free CPU' },
  { key: 'memory', label: 'Memory', hint: 'Prefer nodes with free memory' },
  { key: 'latency', label: 'Latency', hint: 'Prefer nodes that answer fast' },
  { key: 'connections', label: 'Connections', hint: 'Prefer nodes with few open connections' },
  { key: 'history', label: 'History', hint: 'Prefer nodes whose requests succeeded' },
] as const satisfies readonly { key: keyof BalanceWeights; label: string; hint: string }[];

const USUAL: BalanceWeights = { cpu: 30, memory: 25, latency: 20, connections: 15, history: 10 };
const SUM = 100;

function sumOf(weights: BalanceWeights): number {
  return SIGNALS.reduce((sum, { key }) => sum + weights[key], 0);
}

function same(a: BalanceWeights, b: BalanceWeights): boolean {
  return SIGNALS.every(({ key }) => a[key] === b[key]);
}

export function WeightsCard({ saved }: { saved: BalanceWeights }) {
  const id = useId();
  // null: what the engine says. Otherwise what the person set and has not saved yet.
  const [chosen, setChosen] = useState<BalanceWeights | null>(null);
  const weights = chosen ?? saved;
  const save = useCommand('settings.set');
  const sum = sumOf(weights);
  const changed = !same(weights, saved);

  async function submit(): Promise<void> {
    const former = saved;
    const answer = await save.run({ weights });
    if (!answer) return;
    setChosen(null);
    showToast({
      title: 'Balance weights saved.',
      undo: () => void save.run({ weights: former }),
    });
  }

  return (
    <Card aria-labelledby={`${id}-title`}>
      <CardHeader
        id={`${id}-title`}
        title="Balance weights"
        hint="How much each signal counts when a node is chosen and when requests are spread."
      />
      <form
        className="p-4 sm:p-5"
        onSubmit={(event) => {
          event.preventDefault();
          if (sum === SUM) void submit();
        }}
      >
        <div className="space-y-4">
          {SIGNALS.map((signal) => (
            <div
              key={signal.key}
              className="grid grid-cols-[1fr_3.5rem] items-center gap-x-4 gap-y-1 sm:grid-cols-[15rem_1fr_3.5rem]"
            >
              <label htmlFor={`${id}-${signal.key}`} className="max-sm:col-span-2">
                <span className="block text-sm font-medium text-ink">{signal.label}</span>
                <span className="block text-[13px] text-muted">{signal.hint}</span>
              </label>
              <input
                id={`${id}-${signal.key}`}
                type="range"
                min={0}
                max={SUM}
                step={1}
                data-testid={`weight-${signal.key}`}
                value={weights[signal.key]}
                onChange={(event) =>
                  setChosen({ ...weights, [signal.key]: Number(event.target.value) })
                }
                className="h-6 w-full accent-accent"
              />
              <output
                htmlFor={`${id}-${signal.key}`}
                className="tabular text-right text-sm text-ink"
              >
                {weights[signal.key]}%
              </output>
            </div>
          ))}
        </div>
        <div className="mt-5 flex flex-wrap items-center justify-between gap-3 border-t border-line pt-4">
          <p
            role="status"
            data-testid="weights-sum"
            className={clsx('tabular text-sm', sum === SUM ? 'text-muted' : 'font-medium text-bad')}
          >
            Sum: {sum}%
            {sum !== SUM &&
              ` — ${sum > SUM ? `take ${sum - SUM} away` : `${SUM - sum} left to give`} to make 100%.`}
          </p>
          <div className="flex gap-2">
            <Button disabled={same(weights, USUAL)} onClick={() => setChosen(USUAL)}>
              Usual weights
            </Button>
            <Button
              type="submit"
              variant="primary"
              busy={save.busy}
              disabled={save.busy || !changed || sum !== SUM}
              data-testid="weights-save"
            >
              Save
            </Button>
          </div>
        </div>
        {save.error && (
          <div className="mt-4">
            <ErrorBox error={save.error} />
          </div>
        )}
      </form>
    </Card>
  );
}
