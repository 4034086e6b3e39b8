import clsx from 'clsx';
import { Check } from 'lucide-react';
import { STEPS, type Step } from './deploy-draft';

const LABELS: Record<Step, string> = {
  source: 'Source',
  settings: 'Settings',
  plan: 'Plan',
  rollout: 'Rollout',
};

export function StepTrail({ step }: { step: Step }) {
  const here = STEPS.indexOf(step);
  return (
    <ol aria-label="Steps" className="mb-5 flex items-center gap-2 text-[13px] sm:gap-3">
      {STEPS.map((one, index) => (
        <li
          key={one}
          aria-current={index === here ? 'step' : undefined}
          className="flex min-w-0 items-center gap-2 sm:gap-3"
        >
          {index > 0 && <span aria-hidden className="h-px w-4 bg-line-strong sm:w-10" />}
          <span
            className={clsx(
              'grid size-6 shrink-0 place-items-center rounded-full border text-xs font-medium',
              index < here && 'border-transparent bg-accent-soft text-accent-ink',
              index === here && 'border-transparent bg-accent text-on-accent dark:bg-[#5f5bd0]',
              index > here && 'border-line-strong text-muted',
            )}
          >
            {index < here ? <Check className="size-3.5" aria-hidden /> : index + 1}
          </span>
          <span
            className={clsx(index === here ? 'font-medium text-ink' : 'text-muted max-sm:sr-only')}
          >
            {LABELS[one]}
            {index < here && <span className="sr-only"> (done)</span>}
          </span>
        </li>
      ))}
    </ol>
  );
}
