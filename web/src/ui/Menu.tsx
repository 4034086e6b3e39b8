// A drop-down menu. Not modal: a modal one would inject a style for its scroll lock (see Dialog).
import * as Radix from '@radix-ui/react-dropdown-menu';
import clsx from 'clsx';
import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';

type MenuProps = { trigger: ReactNode; children: ReactNode; align?: 'start' | 'end' };

export function Menu({ trigger, children, align = 'end' }: MenuProps) {
  return (
    <Radix.Root modal={false}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          align={align}
          sideOffset={6}
          collisionPadding={12}
          className="enter z-50 min-w-44 rounded-xl border border-line bg-raised p-1 shadow-pop outline-none"
        >
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

type MenuItemProps = {
  icon?: LucideIcon;
  danger?: boolean;
  disabled?: boolean;
  checked?: boolean;
  testId?: string;
  onSelect: () => void;
  children: ReactNode;
};

export function MenuItem(props: MenuItemProps) {
  const { icon: Icon, danger, disabled, checked, testId, onSelect, children } = props;
  return (
    <Radix.Item
      disabled={disabled}
      onSelect={onSelect}
      data-testid={testId}
      className={clsx(
        'flex h-9 cursor-pointer items-center gap-2.5 rounded-lg px-2.5 text-sm outline-none select-none data-disabled:pointer-events-none data-disabled:opacity-50 data-highlighted:bg-sunken dark:data-highlighted:bg-line',
        danger ? 'text-bad' : 'text-ink',
      )}
    >
      {Icon && <Icon className="size-4 shrink-0 opacity-80" aria-hidden />}
      <span className="flex-1">{children}</span>
      {checked && <span className="text-accent-ink">✓</span>}
    </Radix.Item>
  );
}

export function MenuSeparator() {
  return <Radix.Separator className="my-1 h-px bg-line" />;
}
