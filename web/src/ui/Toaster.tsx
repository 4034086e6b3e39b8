import { X } from 'lucide-react';
import { useEffect, useState, useSyncExternalStore } from 'react';
import { Button } from './Button';
import { IconButton } from './IconButton';
import { StateDot } from './StateBadge';
import { dismissToast, toastStore, type Toast } from './toast-store';

const SHOWN_MS = 6000;
const SHOWN_WITH_UNDO_MS = 12_000;

export function Toaster() {
  const toasts = useSyncExternalStore(toastStore.subscribe, toastStore.snapshot);
  return (
    <section
      aria-label="Notifications"
      aria-live="polite"
      className="pointer-events-none fixed inset-x-3 bottom-[calc(4.75rem+env(safe-area-inset-bottom))] z-[60] flex flex-col gap-2 sm:inset-x-auto sm:right-5 sm:w-96 md:bottom-5"
    >
      {toasts.map((toast) => (
        <ToastCard key={toast.id} toast={toast} />
      ))}
    </section>
  );
}

function ToastCard({ toast }: { toast: Toast }) {
  // A message being read or about to be used must not vanish under the pointer or the focus.
  const [held, setHeld] = useState(false);
  useEffect(() => {
    if (held) return;
    const timer = setTimeout(
      () => dismissToast(toast.id),
      toast.undo ? SHOWN_WITH_UNDO_MS : SHOWN_MS,
    );
    return () => clearTimeout(timer);
  }, [held, toast]);
  return (
    <div
      data-testid="toast"
      onMouseEnter={() => setHeld(true)}
      onMouseLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
      className="enter pointer-events-auto flex items-center gap-3 rounded-xl border border-line bg-raised py-2.5 pr-2 pl-4 shadow-pop"
    >
      <StateDot tone={toast.tone} />
      <div className="min-w-0 flex-1">
        <p className="text-sm break-words text-ink">{toast.title}</p>
        {toast.detail && <p className="text-[13px] break-words text-muted">{toast.detail}</p>}
      </div>
      {toast.undo && (
        <Button
          size="sm"
          data-testid="toast-undo"
          onClick={() => {
            dismissToast(toast.id);
            toast.undo?.();
          }}
        >
          Undo
        </Button>
      )}
      <IconButton icon={X} label="Dismiss" onClick={() => dismissToast(toast.id)} />
    </div>
  );
}
