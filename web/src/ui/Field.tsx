import type { ReactNode } from 'react';

type FieldProps = {
  label: string;
  htmlFor: string;
  hint?: ReactNode;
  error?: string | null;
  optional?: boolean;
  children: ReactNode;
};

/** Label, control, hint and error. Give the control `aria-describedby={describedBy(id)}`. */
export function Field({ label, htmlFor, hint, error, optional, children }: FieldProps) {
  return (
    <div className="min-w-0">
      <label htmlFor={htmlFor} className="mb-1.5 block text-[13px] font-medium text-ink">
        {label}
        {optional && <span className="ml-1.5 font-normal text-faint">optional</span>}
      </label>
      {children}
      {error ? (
        <p
          id={`${htmlFor}-note`}
          role="alert"
          data-testid="error-message"
          className="mt-1.5 text-[13px] text-bad"
        >
          {error}
        </p>
      ) : (
        hint && (
          <p id={`${htmlFor}-note`} className="mt-1.5 text-[13px] text-muted">
            {hint}
          </p>
        )
      )}
    </div>
  );
}

export function describedBy(id: string): string {
  return `${id}-note`;
}
