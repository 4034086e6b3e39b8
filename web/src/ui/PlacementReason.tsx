import type { PlacementView, ScoreTerm } from '@automator67/worker';
import { formatMs, formatPercent } from './format';

const SIGNAL_NAMES: Record<ScoreTerm['signal'], string> = {
  cpu: 'CPU free',
  memory: 'Memory free',
  latency: 'Latency',
  connections: 'Connections',
  history: 'Success history',
};

function measured({ signal, value }: ScoreTerm): string {
  switch (signal) {
    case 'cpu':
    case 'memory':
      return `${formatPercent(value)} used`;
    case 'latency':
      return formatMs(value);
    case 'connections':
      return `${Math.round(value)} open`;
    case 'history':
      return `${formatPercent(value <= 1 ? value * 100 : value)} ok`;
  }
}

/** Why the engine chose this node: its sentence, then every signal's points as a bar. */
export function PlacementReason({ placement }: { placement: PlacementView }) {
  return (
    <div>
      <p className="text-[13px] text-pretty text-muted">{placement.why}</p>
      <ul className="mt-3 space-y-2" aria-label="Points per signal">
        {placement.terms.map((term) => (
          <li
            key={term.signal}
            className="grid grid-cols-[6.5rem_1fr_3.25rem] items-center gap-2 text-xs"
          >
            <span className="min-w-0">
              <span className="block text-ink">{SIGNAL_NAMES[term.signal]}</span>
              <span className="tabular block text-[11px] text-muted">{measured(term)}</span>
            </span>
            <span className="h-1.5 overflow-hidden rounded-full bg-line" aria-hidden>
              <span
                className="block h-full rounded-full bg-accent"
                style={{ width: `${term.weight > 0 ? (term.points / term.weight) * 100 : 0}%` }}
              />
            </span>
            <span className="tabular text-right text-muted">
              {term.points.toFixed(1)}/{Math.round(term.weight)}
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}
