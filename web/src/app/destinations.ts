// The places a person can go: one list for the sidebar, the tab bar, the palette and the shortcuts.
import {
  Activity,
  Boxes,
  CloudCog,
  KeyRound,
  LayoutDashboard,
  Rocket,
  Server,
  Settings,
  type LucideIcon,
} from 'lucide-react';

export type Destination = {
  id: string;
  label: string;
  path: string;
  /** Pressed after `g`. */
  key: string;
  icon: LucideIcon;
  /** Shown in the phone's tab bar. */
  onPhone: boolean;
};

export const DESTINATIONS: readonly Destination[] = [
  { id: 'overview', label: 'Overview', path: '/', key: 'o', icon: LayoutDashboard, onPhone: true },
  { id: 'apps', label: 'Apps', path: '/apps', key: 'a', icon: Boxes, onPhone: true },
  { id: 'nodes', label: 'Nodes', path: '/nodes', key: 'n', icon: Server, onPhone: true },
  {
    id: 'accounts',
    label: 'Accounts',
    path: '/accounts',
    key: 'c',
    icon: CloudCog,
    onPhone: true,
  },
  { id: 'deploy', label: 'Deploy', path: '/deploy', key: 'd', icon: Rocket, onPhone: true },
  { id: 'activity', label: 'Activity', path: '/activity', key: 't', icon: Activity, onPhone: true },
  { id: 'secrets', label: 'Secrets', path: '/secrets', key: 'k', icon: KeyRound, onPhone: false },
  {
    id: 'settings',
    label: 'Settings',
    path: '/settings',
    key: 's',
    icon: Settings,
    onPhone: false,
  },
];

export function isHere(destination: Destination, path: string): boolean {
  if (destination.path === '/') return path === '/';
  return path === destination.path || path.startsWith(`${destination.path}/`);
}
