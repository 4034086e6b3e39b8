import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';

type EmptyStateProps = {
  icon: LucideIcon;
  title: string;
  /** The page holds nothing else: the title is then its main heading. */
  main?: boolean;
  children?: ReactNode;
  action?: ReactNode;
};

export function EmptyState({ icon: Icon, title, main = false, children, action }: EmptyStateProps) {
  const Heading = main ? 'h1' : 'h2';
  return (
    <div className="flex flex-col items-center px-6 py-14 text-center">
      <span className="mb-4 grid size-11 place-items-center rounded-xl border border-line bg-sunken text-muted dark:bg-raised">
        <Icon className="size-5" aria-hidden />
      </span>
      <Heading className="text-[15px] font-semibold text-ink">{title}</Heading>
      {children && <div className="mt-1 max-w-md text-sm text-pretty text-muted">{children}</div>}
      {action && <div className="mt-5 flex flex-wrap justify-center gap-2">{action}</div>}
    </div>
  );
}
