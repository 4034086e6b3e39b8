import clsx from 'clsx';
import { TONE_DOT, type Tone } from './states';

type MeterProps = { label: string; value: number; max?: number; text: string; tone?: Tone };

const HIGH = 0.75;
const FULL = 0.9;

/** A labelled bar. Without a tone it colours itself when it gets full. */
export function Meter({ label, value, max = 100, text, tone }: MeterProps) {
  const share = max > 0 ? Math.min(1, Math.max(0, value / max)) : 0;
  const own: Tone = share >= FULL ? 'bad' : share >= HIGH ? 'warn' : 'ok';
  return (
    <div className="min-w-0">
      <div className="mb-1 flex items-baseline justify-between gap-2 text-xs">
        <span className="text-muted">{label}</span>
        <span className="tabular truncate text-ink">{text}</span>
      </div>
      <div
        role="meter"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={max}
        aria-valuenow={Math.round(value * 10) / 10}
        aria-valuetext={text}
        className="h-1.5 overflow-hidden rounded-full bg-line"
      >
        <div
          className={clsx(
            'h-full rounded-full transition-[width] duration-500',
            TONE_DOT[tone ?? own],
          )}
          style={{ width: `${share * 100}%` }}
        />
      </div>
    </div>
  );
}
