import clsx from 'clsx';
import { stateWord, TONE_BADGE, TONE_DOT, type Tone } from './states';

type StateBadgeProps = { tone: Tone; state: string; title?: string };

/** A dot, a word and a colour: never the colour alone. */
export function StateBadge({ tone, state, title }: StateBadgeProps) {
  return (
    <span
      title={title}
      className={clsx(
        'inline-flex h-6 items-center gap-1.5 rounded-full px-2.5 text-xs font-medium whitespace-nowrap',
        TONE_BADGE[tone],
      )}
    >
      <StateDot tone={tone} />
      {stateWord(state)}
    </span>
  );
}

type StateDotProps = { tone: Tone; className?: string };

export function StateDot({ tone, className }: StateDotProps) {
  return (
    <span
      aria-hidden
      className={clsx(
        'inline-block size-2 shrink-0 rounded-full',
        TONE_DOT[tone],
        tone === 'busy' && 'pulse-dot',
        className,
      )}
    />
  );
}
