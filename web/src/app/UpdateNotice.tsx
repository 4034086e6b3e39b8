import { Sparkles, X } from 'lucide-react';
import { useState } from 'react';
import { useEngine } from '../engine/hooks';
import { updates, useUpdateAvailable } from '../offline/page-updates';
import { Button } from '../ui/Button';
import { IconButton } from '../ui/IconButton';

/** Offers a new version and forces nobody: the open one goes on working for as long as the tab is open. */
export function UpdateNotice() {
  const available = useUpdateAvailable();
  const open = useEngine((mirror) => mirror.vault?.state === 'open');
  const [later, setLater] = useState(false);
  if (!available || later) return null;
  return (
    <div
      role="status"
      data-testid="update-notice"
      className="enter fixed inset-x-3 bottom-[calc(4.75rem+env(safe-area-inset-bottom))] z-50 flex flex-wrap items-center gap-x-3 gap-y-2 rounded-xl border border-line bg-raised py-2.5 pr-2 pl-4 shadow-pop sm:inset-x-auto sm:left-1/2 sm:w-[28rem] sm:-translate-x-1/2 md:bottom-5"
    >
      <Sparkles className="size-4 shrink-0 text-accent-ink" aria-hidden />
      <div className="min-w-0 flex-1">
        <p className="text-sm text-ink">A new version is ready.</p>
        <p className="text-[13px] text-muted">
          {open
            ? 'Reload this tab to use it; you will unlock again.'
            : 'Reload this tab to use it. Nothing is lost.'}
        </p>
      </div>
      <Button size="sm" variant="primary" data-testid="update-reload" onClick={updates.reload}>
        Reload
      </Button>
      <IconButton
        icon={X}
        label="Later"
        title="Later"
        data-testid="update-later"
        onClick={() => setLater(true)}
      />
    </div>
  );
}
