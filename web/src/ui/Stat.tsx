import clsx from 'clsx';
import type { ReactNode } from 'react';
import type { Tone } from './states';

type StatProps = { label: string; value: ReactNode; unit?: string; note?: ReactNode; tone?: Tone };

export function Stat({ label, value, unit, note, tone }: StatProps) {
  return (
    <div className="min-w-0 px-4 py-3.5 sm:px-5">
      <dt className="text-[13px] text-muted">{label}</dt>
      <dd
        className={clsx(
          'tabular mt-0.5 truncate text-[22px] leading-8 font-semibold tracking-tight',
          tone === 'bad' ? 'text-bad' : tone === 'warn' ? 'text-warn' : 'text-ink',
        )}
      >
        {value}
        {unit && <span className="ml-1 text-sm font-normal text-muted">{unit}</span>}
      </dd>
      {note && <dd className="truncate text-xs text-muted">{note}</dd>}
    </div>
  );
}
