import { Suspense, useEffect, useRef, useState, type ReactNode } from 'react';
import { useLocation } from 'wouter';
import { useEngineStore } from '../engine/hooks';
import { lockVault } from '../features/vault/lock-vault';
import { CommandPalette, SaveCopy } from './pages';
import { ConnectionBanner } from './ConnectionBanner';
import { DamageNotice } from '../features/storage/DamageNotice';
import { DemoBanner } from './DemoBanner';
import { ShortcutsDialog } from './ShortcutsDialog';
import { Sidebar } from './Sidebar';
import { StorageBanner } from './StorageBanner';
import { TabBar } from './TabBar';
import { TopBar } from './TopBar';
import { useShortcuts } from './shortcuts';

/** Pages whose address goes on with the tab that is shown. */
const TABBED = /^\/(apps|accounts)\/(?!connect|providers)/;

export function Shell({ children }: { children: ReactNode }) {
  const [path, navigate] = useLocation();
  const [paletteOpen, setPaletteOpen] = useState(false);
  const [helpOpen, setHelpOpen] = useState(false);
  const store = useEngineStore();
  const main = useRef<HTMLElement>(null);
  const lastPath = useRef(path);

  // After going somewhere a screen reader and the Tab key start at the new content.
  useEffect(() => {
    if (lastPath.current === path) return;
    const samePage = lastPath.current.split('/')[2] === path.split('/')[2] && TABBED.test(path);
    lastPath.current = path;
    if (samePage) return;
    main.current?.focus({ preventScroll: true });
    window.scrollTo({ top: 0 });
  }, [path]);

  const lock = () => void lockVault(store);
  useShortcuts({
    go: navigate,
    openPalette: () => setPaletteOpen(true),
    openHelp: () => setHelpOpen(true),
    lock,
  });

  return (
    <div className="md:grid md:min-h-dvh md:grid-cols-[14.5rem_minmax(0,1fr)]">
      <a
        href="#main"
        className="sr-only z-50 rounded-lg bg-accent px-4 py-2 text-on-accent focus:not-sr-only focus:fixed focus:top-3 focus:left-3"
        onClick={(event) => {
          event.preventDefault();
          main.current?.focus();
        }}
      >
        Skip to the content
      </a>
      <Sidebar
        onPalette={() => setPaletteOpen(true)}
        onHelp={() => setHelpOpen(true)}
        onLock={lock}
      />
      <div className="min-w-0">
        <TopBar onPalette={() => setPaletteOpen(true)} onLock={lock} />
        <DemoBanner />
        <ConnectionBanner />
        <Suspense>
          <DamageNotice save={<SaveCopy />} />
        </Suspense>
        <StorageBanner />
        <main
          id="main"
          ref={main}
          tabIndex={-1}
          className="mx-auto w-full max-w-6xl px-4 pt-5 pb-28 outline-none sm:px-6 md:px-8 md:pt-8 md:pb-12"
        >
          {children}
        </main>
      </div>
      <TabBar />
      {paletteOpen && (
        <Suspense>
          <CommandPalette open onOpenChange={setPaletteOpen} onLock={lock} />
        </Suspense>
      )}
      <ShortcutsDialog open={helpOpen} onOpenChange={setHelpOpen} />
    </div>
  );
}
