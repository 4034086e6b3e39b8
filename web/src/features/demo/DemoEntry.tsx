import { FlaskConical } from 'lucide-react';
import { useEngineStore } from '../../engine/hooks';
import { Button } from '../../ui/Button';
import { ErrorBox } from '../../ui/ErrorBox';
import { toErrorView } from '../../engine/errors';
import type { ErrorView } from '@automator67/worker';
import { useState } from 'react';

/** The way into the demo. Its code comes only when it is asked for. */
export function DemoEntry() {
  const store = useEngineStore();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ErrorView | null>(null);

  async function open(): Promise<void> {
    setBusy(true);
    setError(null);
    try {
      const { connectDemo } = await import('@automator67/worker/demo');
      await store.openDemo(() => connectDemo(() => window.location.replace('/')));
    } catch (failure) {
      setError(toErrorView(failure));
      setBusy(false);
    }
  }

  return (
    <div className="mt-6 space-y-3 border-t border-line pt-5">
      {error && <ErrorBox error={error} />}
      <Button
        variant="ghost"
        className="w-full"
        busy={busy}
        disabled={busy}
        data-testid="demo-open"
        onClick={() => void open()}
      >
        <FlaskConical aria-hidden />
        Look around with a demo
      </Button>
      <p className="text-center text-[13px] text-muted">
        Three played nodes and two apps, in memory only.
      </p>
    </div>
  );
}
