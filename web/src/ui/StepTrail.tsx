import clsx from 'clsx';
import { Check } from 'lucide-react';

type StepTrailProps = {
  labels: readonly string[];
  /** Index of the step that is shown. */ here: number;
};

/** Where one is in a task of several steps. */
export function StepTrail({ labels, here }: StepTrailProps) {
  return (
    <ol aria-label="Steps" className="mb-5 flex items-center gap-2 text-[13px] sm:gap-3">
      {labels.map((label, index) => (
        <li
          key={label}
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
            {label}
            {index < here && <span className="sr-only"> (done)</span>}
          </span>
        </li>
      ))}
    </ol>
  );
}
