import { Slot } from '@radix-ui/react-slot';
import clsx from 'clsx';
import { LoaderCircle } from 'lucide-react';
import type { ComponentProps, ReactNode } from 'react';

const VARIANTS = {
  primary:
    'bg-accent text-on-accent hover:bg-accent-strong shadow-[inset_0_1px_0_rgb(255_255_255/0.12)] border-transparent dark:bg-[#5f5bd0] dark:hover:bg-[#6b67dc]',
  secondary: 'bg-surface text-ink border-line-strong/70 hover:bg-sunken dark:hover:bg-raised',
  ghost:
    'bg-transparent text-muted border-transparent hover:bg-sunken hover:text-ink dark:hover:bg-raised',
  danger: 'bg-surface text-bad border-line-strong/70 hover:bg-bad-soft hover:border-bad/40',
  'danger-solid': 'bg-[#c22537] text-white border-transparent hover:bg-[#a91d2e]',
} as const;

const SIZES = {
  sm: 'h-8 px-2.5 text-[13px] gap-1.5',
  md: 'h-9 px-3.5 text-sm gap-2',
  lg: 'h-10 px-4 text-sm gap-2',
  icon: 'h-9 w-9 justify-center',
  'icon-sm': 'h-8 w-8 justify-center',
} as const;

export type ButtonProps = ComponentProps<'button'> & {
  variant?: keyof typeof VARIANTS;
  size?: keyof typeof SIZES;
  busy?: boolean;
  /** Renders the child (a link) with the button's looks. */
  asChild?: boolean;
  children?: ReactNode;
};

export function Button({
  variant = 'secondary',
  size = 'md',
  busy = false,
  asChild = false,
  className,
  disabled,
  children,
  type,
  ...rest
}: ButtonProps) {
  const classes = clsx(
    'inline-flex shrink-0 items-center justify-center rounded-lg border font-medium whitespace-nowrap select-none transition-colors duration-100',
    'disabled:opacity-50 disabled:pointer-events-none [&_svg]:size-4 [&_svg]:shrink-0',
    VARIANTS[variant],
    SIZES[size],
    className,
  );
  if (asChild) {
    return (
      <Slot className={classes} {...rest}>
        {children}
      </Slot>
    );
  }
  return (
    <button
      type={type ?? 'button'}
      className={classes}
      disabled={disabled ?? busy}
      aria-busy={busy || undefined}
      {...rest}
    >
      {busy && <LoaderCircle className="animate-spin" aria-hidden />}
      {children}
    </button>
  );
}
