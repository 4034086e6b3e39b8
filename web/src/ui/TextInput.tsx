import clsx from 'clsx';
import type { ComponentProps } from 'react';

const BASE =
  'w-full rounded-lg border border-line-strong/80 bg-surface text-ink shadow-[inset_0_1px_1px_rgb(0_0_0/0.03)] outline-offset-1 transition-colors hover:border-line-strong focus-visible:border-accent disabled:opacity-60 aria-invalid:border-bad dark:bg-sunken';

export function TextInput({ className, ...rest }: ComponentProps<'input'>) {
  return <input className={clsx(BASE, 'h-9 px-3 text-base sm:text-sm', className)} {...rest} />;
}

export function TextArea({ className, ...rest }: ComponentProps<'textarea'>) {
  return (
    <textarea
      className={clsx(BASE, 'min-h-24 px-3 py-2 font-mono text-[13px]', className)}
      {...rest}
    />
  );
}

/** The browser's own select: the best list on a phone, and nothing to inject. */
export function Select({ className, children, ...rest }: ComponentProps<'select'>) {
  return (
    <select className={clsx(BASE, 'h-9 px-2.5 text-base sm:text-sm', className)} {...rest}>
      {children}
    </select>
  );
}
