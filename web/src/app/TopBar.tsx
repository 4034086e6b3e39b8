import { KeyRound, Lock, Search, Settings } from 'lucide-react';
import { Link } from 'wouter';
import { Button } from '../ui/Button';
import { WorkspaceMenu } from '../features/vault/WorkspaceMenu';
import { Logo } from '../ui/Logo';
import { ThemeMenu } from './ThemeMenu';

type TopBarProps = { onPalette: () => void; onLock: () => void };

/** The phone's header; a desktop has the sidebar instead. */
export function TopBar({ onPalette, onLock }: TopBarProps) {
  return (
    <header className="sticky top-0 z-20 flex h-14 items-center justify-between border-b border-line bg-surface/90 px-4 backdrop-blur md:hidden dark:bg-canvas/90">
      <div className="flex min-w-0 items-center gap-1">
        <Link href="/" aria-label="Automator67, overview" className="shrink-0">
          <Logo short />
        </Link>
        <WorkspaceMenu />
      </div>
      <div className="flex shrink-0 items-center">
        <Button
          variant="ghost"
          size="icon"
          aria-label="Search or run a command"
          onClick={onPalette}
        >
          <Search aria-hidden />
        </Button>
        <ThemeMenu />
        <Button
          variant="ghost"
          size="icon"
          aria-label="Lock the workspace"
          data-testid="topbar-lock"
          onClick={onLock}
        >
          <Lock aria-hidden />
        </Button>
        <Button asChild variant="ghost" size="icon">
          <Link href="/secrets" aria-label="Secrets">
            <KeyRound aria-hidden />
          </Link>
        </Button>
        <Button asChild variant="ghost" size="icon">
          <Link href="/settings" aria-label="Settings">
            <Settings aria-hidden />
          </Link>
        </Button>
      </div>
    </header>
  );
}
