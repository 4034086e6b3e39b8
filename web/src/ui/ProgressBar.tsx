import clsx from 'clsx';
import { TONE_DOT, type Tone } from './states';

type ProgressBarProps = { label: string; percent: number; tone?: Tone; testId?: string };

export function ProgressBar({ label, percent, tone, testId }: ProgressBarProps) {
  const value = Math.round(Math.min(100, Math.max(0, percent)));
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={value}
      data-testid={testId}
      className="h-2 overflow-hidden rounded-full bg-line"
    >
      <div
        className={clsx(
          'h-full rounded-full transition-[width] duration-300',
          tone ? TONE_DOT[tone] : 'bg-accent',
        )}
        style={{ width: `${value}%` }}
      />
    </div>
  );
}
