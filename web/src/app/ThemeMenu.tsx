import { Monitor, Moon, Sun } from 'lucide-react';
import { useSyncExternalStore } from 'react';
import { IconButton } from '../ui/IconButton';
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
      trigger={<IconButton icon={Icon} label={`Theme: ${choice}`} data-testid="theme" />}
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
