import clsx from 'clsx';
import { Keyboard, Lock, Search } from 'lucide-react';
import { Link, useLocation } from 'wouter';
import { useApps, useNodes } from '../engine/hooks';
import { WorkspaceMenu } from '../features/vault/WorkspaceMenu';
import { Button } from '../ui/Button';
import { IconButton } from '../ui/IconButton';
import { Kbd } from '../ui/Kbd';
import { DESTINATIONS, isHere } from './destinations';
import { EngineStatus } from './EngineStatus';
import { Logo } from '../ui/Logo';
import { ThemeMenu } from './ThemeMenu';

type SidebarProps = { onPalette: () => void; onHelp: () => void; onLock: () => void };

export function Sidebar({ onPalette, onHelp, onLock }: SidebarProps) {
  const [path] = useLocation();
  const apps = useApps();
  const nodes = useNodes();
  const counts: Record<string, number> = { apps: apps.length, nodes: nodes.length };
  return (
    <aside className="sticky top-0 hidden h-dvh flex-col border-r border-line bg-surface md:flex dark:bg-canvas">
      <div className="px-5 pt-5 pb-3">
        <Logo />
      </div>
      <div className="px-3 pb-2">
        <WorkspaceMenu className="w-full" />
      </div>
      <div className="px-3 pb-3">
        <button
          type="button"
          onClick={onPalette}
          className="flex h-9 w-full items-center gap-2.5 rounded-lg border border-line bg-canvas px-2.5 text-[13px] text-muted hover:border-line-strong dark:bg-surface"
        >
          <Search className="size-4" aria-hidden />
          <span className="flex-1 text-left">Search or run…</span>
          <Kbd>Ctrl K</Kbd>
        </button>
      </div>
      <nav aria-label="Main" className="flex-1 space-y-0.5 overflow-y-auto px-3">
        {DESTINATIONS.map((destination) => {
          const here = isHere(destination, path);
          const count = counts[destination.id] ?? 0;
          return (
            <Link
              key={destination.id}
              href={destination.path}
              aria-current={here ? 'page' : undefined}
              data-testid={`nav-${destination.id}`}
              className={clsx(
                'flex h-9 items-center gap-2.5 rounded-lg px-2.5 text-sm transition-colors',
                here
                  ? 'bg-accent-soft font-medium text-accent-ink'
                  : 'text-muted hover:bg-sunken hover:text-ink dark:hover:bg-raised',
              )}
            >
              <destination.icon className="size-4" aria-hidden />
              <span className="flex-1">{destination.label}</span>
              {count > 0 && <span className="tabular text-xs">{count}</span>}
            </Link>
          );
        })}
      </nav>
      <div className="border-t border-line p-3">
        <EngineStatus />
        <div className="mt-2 flex items-center justify-between">
          <div className="flex items-center gap-0.5">
            <ThemeMenu />
            <IconButton
              icon={Lock}
              label="Lock the workspace"
              title="Lock the workspace (g l)"
              data-testid="lock"
              onClick={onLock}
            />
          </div>
          <Button variant="ghost" size="sm" onClick={onHelp}>
            <Keyboard aria-hidden />
            Shortcuts
          </Button>
        </div>
      </div>
    </aside>
  );
}
