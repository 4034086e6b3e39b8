import { Monitor, Moon, Sun } from 'lucide-react';
import { useSyncExternalStore } from 'react';
import { Button } from '../ui/Button';
import { Menu, MenuItem } from '../ui/Menu';
import { themeStore, type ThemeChoice } from './theme';

const CHOICES = [
  { id: 'light', label: 'Light', icon: Sun },
  { id: 'dark', label: 'Dark', icon: Moon },
  { id: 'system', label: 'System', icon: Monitor },
] as const satisfies readonly { id: ThemeChoice; label: string; icon: typeof Sun }[];

export function ThemeMenu() {
  const choice = useSyncExternalStore(themeStore.subscribe, themeStore.snapshot);
  const Icon = CHOICES.find((one) => one.id === choice)?.icon ?? Monitor;
  return (
    <Menu
      align="start"
      trigger={
        <Button variant="ghost" size="icon-sm" aria-label={`Theme: ${choice}`} data-testid="theme">
          <Icon aria-hidden />
        </Button>
      }
    >
      {CHOICES.map((one) => (
        <MenuItem
          key={one.id}
          icon={one.icon}
          checked={one.id === choice}
          onSelect={() => themeStore.set(one.id)}
        >
          {one.label}
        </MenuItem>
      ))}
    </Menu>
  );
}
