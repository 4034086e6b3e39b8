import clsx from 'clsx';
import { TONE_DOT, type Tone } from '../../ui/states';
import { CHARACTERS_MIN_UNRATED, STRENGTH_WORDS, type Strength } from './strength';
import type { StrengthState } from './use-strength';

const TONES = ['bad', 'bad', 'warn', 'ok', 'ok'] as const satisfies readonly Tone[];
const STEPS = [0, 1, 2, 3] as const;

type StrengthMeterProps = { strength: Strength | null; state: StrengthState };

/** Keeps its room while nothing is typed, so that nothing jumps. */
export function StrengthMeter({ strength, state }: StrengthMeterProps) {
  const score = strength?.score ?? 0;
  return (
    <div className="mt-2" data-testid="strength" data-score={strength ? score : undefined}>
      <div
        role="meter"
        aria-label="Strength of the passphrase"
        aria-valuemin={0}
        aria-valuemax={4}
        aria-valuenow={score}
        aria-valuetext={strength ? STRENGTH_WORDS[score] : 'Nothing to rate yet'}
        className="grid grid-cols-4 gap-1"
      >
        {STEPS.map((step) => (
          <span
            key={step}
            className={clsx(
              'h-1 rounded-full',
              strength && step < Math.max(1, score) ? TONE_DOT[TONES[score]] : 'bg-line',
            )}
          />
        ))}
      </div>
      <p role="status" className="mt-1.5 min-h-5 text-[13px] text-muted">
        {state === 'rating' && 'Finding out how hard it is to guess…'}
        {state === 'unrated' &&
          `Its strength cannot be told right now; ${CHARACTERS_MIN_UNRATED} characters are the least.`}
        {strength && (
          <>
            <span className="font-medium text-ink">{STRENGTH_WORDS[score]}.</span>{' '}
            {strength.advice || `Guessing it takes ${strength.time}.`}
          </>
        )}
      </p>
    </div>
  );
}
