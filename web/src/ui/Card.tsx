import clsx from 'clsx';
import type { ComponentProps, ReactNode } from 'react';

export function Card({ className, ...rest }: ComponentProps<'section'>) {
  return (
    <section
      className={clsx('rounded-xl border border-line bg-surface shadow-card', className)}
      {...rest}
    />
  );
}

type CardHeaderProps = { title: ReactNode; hint?: ReactNode; actions?: ReactNode; id?: string };

export function CardHeader({ title, hint, actions, id }: CardHeaderProps) {
  return (
    <div className="flex min-h-13 flex-wrap items-center justify-between gap-x-4 gap-y-2 border-b border-line px-4 py-2.5 sm:px-5">
      <div className="min-w-0">
        <h2 id={id} className="text-sm font-semibold text-ink">
          {title}
        </h2>
        {hint && <p className="text-[13px] text-muted">{hint}</p>}
      </div>
      {actions && <div className="flex items-center gap-2">{actions}</div>}
    </div>
  );
}
