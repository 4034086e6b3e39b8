// The pages are there only while the vault is open; before that a person creates or opens it. A
// lock takes them away, and with them whatever they held.
import { Suspense, useEffect, type ReactNode } from 'react';
import { deployStore } from '../features/deploy/deploy-draft';
import { startAutoLock } from '../features/vault/auto-lock';
import { useEngine, useEngineStore } from '../engine/hooks';
import { takeLost } from '../engine/lost-commands';
import { clearToasts, showToast } from '../ui/toast-store';
import { noLongerFresh, useFreshDevice } from './fresh-device';
import { ConnectionBanner } from './ConnectionBanner';
import { lockVault } from '../features/vault/lock-vault';
import { DemoEntry, FirstRun, preloadPages, SaveCopy, Unlock } from './pages';
import { Splash } from './Splash';

export function VaultGate({ children }: { children: ReactNode }) {
  const store = useEngineStore();
  const phase = useEngine((mirror) => mirror.phase);
  const vault = useEngine((mirror) => mirror.vault);
  const fresh = useFreshDevice();
  const crashed = useEngine((mirror) => mirror.status === 'crashed');

  // From the engine's first word on it knows better; and a lock takes that word away again.
  useEffect(() => {
    if (vault) noLongerFresh();
  }, [vault]);

  useEffect(() => {
    if (phase !== 'ready') return;
    void preloadPages();
    const end = startAutoLock({
      lock: () => void lockVault(store),
      busy: () => store.snapshot().apps.some((app) => app.state === 'deploying'),
    });
    return () => {
      end();
      // They outlive the pages otherwise: an app's environment is in the one, names are in the other.
      deployStore.reset();
      clearToasts();
      if (takeLost() > 0) {
        showToast({
          tone: 'warn',
          title: 'Something was under way when its tab went away.',
          detail: 'It may or may not have been done. Unlock and look before you do it again.',
        });
      }
    };
  }, [phase, store]);

  if (phase === 'ready' || phase === 'failed') return children;
  const first = vault ? vault.state === 'absent' : fresh;
  if (!first && (phase === 'starting' || !vault || vault.state === 'open')) return <Splash />;
  return (
    <Suspense fallback={<Splash />}>
      {crashed && <ConnectionBanner />}
      {first && <FirstRun aside={<DemoEntry />} />}
      {!first && vault && <Unlock vault={vault} rescue={<SaveCopy />} />}
    </Suspense>
  );
}
