// A button that is only a picture; what it does is said to those who cannot see it, and on hovering.
import type { LucideIcon } from 'lucide-react';
import { Button, type ButtonProps } from './Button';

type IconButtonProps = Omit<ButtonProps, 'children' | 'size' | 'asChild'> & {
  icon: LucideIcon;
  /** What it does, and to what: "Remove guestbook". */
  label: string;
};

export function IconButton({ icon: Icon, label, variant = 'ghost', ...rest }: IconButtonProps) {
  return (
    <Button variant={variant} size="icon-sm" aria-label={label} {...rest}>
      <Icon aria-hidden />
    </Button>
  );
}
