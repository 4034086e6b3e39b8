import { Minus, Plus } from 'lucide-react';
import { useState } from 'react';

type StepperProps = {
  id?: string;
  label: string;
  value: number;
  min: number;
  max: number;
  onChange: (value: number) => void;
  testId?: string;
  describedBy?: string;
};

export function Stepper({
  id,
  label,
  value,
  min,
  max,
  onChange,
  testId,
  describedBy,
}: StepperProps) {
  // The text may be half typed ("", "1" on the way to "12"), so it is kept apart from the value; it
  // counts only until the value becomes another one than it was typed for.
  const [draft, setDraft] = useState<{ text: string; value: number } | null>(null);
  const text = draft?.value === value ? draft.text : String(value);
  const clamp = (n: number) => Math.min(max, Math.max(min, n));

  function type(next: string): void {
    const digits = next.replace(/\D/g, '').slice(0, 5);
    const valid = digits !== '' && Number(digits) >= min && Number(digits) <= max;
    setDraft({ text: digits, value: valid ? Number(digits) : value });
    if (valid) onChange(Number(digits));
  }

  return (
    <div className="inline-flex h-9 items-stretch overflow-hidden rounded-lg border border-line-strong/80 bg-surface dark:bg-sunken">
      <button
        type="button"
        aria-label={`Fewer ${label}`}
        disabled={value <= min}
        onClick={() => onChange(clamp(value - 1))}
        className="grid w-9 place-items-center text-muted -outline-offset-2 hover:bg-sunken hover:text-ink disabled:pointer-events-none disabled:opacity-40 dark:hover:bg-raised"
      >
        <Minus className="size-4" aria-hidden />
      </button>
      <input
        id={id}
        inputMode="numeric"
        aria-label={id ? undefined : label}
        aria-describedby={describedBy}
        value={text}
        data-testid={testId}
        onChange={(event) => type(event.target.value)}
        onBlur={() => {
          const next = clamp(text === '' ? value : Number(text));
          setDraft(null);
          if (next !== value) onChange(next);
        }}
        onKeyDown={(event) => {
          if (event.key === 'ArrowUp') onChange(clamp(value + 1));
          else if (event.key === 'ArrowDown') onChange(clamp(value - 1));
          else return;
          event.preventDefault();
        }}
        className="tabular w-12 border-x border-line bg-transparent text-center text-base -outline-offset-2 sm:text-sm"
      />
      <button
        type="button"
        aria-label={`More ${label}`}
        disabled={value >= max}
        onClick={() => onChange(clamp(value + 1))}
        className="grid w-9 place-items-center text-muted -outline-offset-2 hover:bg-sunken hover:text-ink disabled:pointer-events-none disabled:opacity-40 dark:hover:bg-raised"
      >
        <Plus className="size-4" aria-hidden />
      </button>
    </div>
  );
}
