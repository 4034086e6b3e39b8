// The end of everything on this device. Nodes and apps know nothing of it: they keep running.
import type { ErrorView } from '@automator67/worker';
import { Trash2 } from 'lucide-react';
import { useState } from 'react';
import { toErrorView } from '../../engine/errors';
import { useClient, useEngine } from '../../engine/hooks';
import { Button } from '../../ui/Button';
import { Card, CardHeader } from '../../ui/Card';
import { ConfirmDialog } from '../../ui/ConfirmDialog';

/** Typed instead of the workspace's name when no engine can tell it. */
const WORD = 'erase';

export function DangerZone() {
  return (
    <Card aria-labelledby="danger" className="border-bad/30" data-testid="danger-zone">
      <CardHeader id="danger" title="Danger zone" />
      <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3 p-4 sm:p-5">
        <p className="max-w-prose min-w-0 text-sm text-muted">
          Erase everything Automator67 keeps on this device: the workspace, its keys and its
          archives, in every tab. Your nodes and apps keep running, but nothing here can give them
          orders any more.
        </p>
        <EraseButton />
      </div>
    </Card>
  );
}

export function EraseButton() {
  const client = useClient();
  const name = useEngine((mirror) => mirror.vault?.name) || WORD;
  const [open, setOpen] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ErrorView | null>(null);

  async function erase(): Promise<void> {
    setBusy(true);
    setError(null);
    try {
      await (await client()).erase(); // the page goes to its first screen by itself
    } catch (failure) {
      setError(toErrorView(failure));
      setBusy(false);
    }
  }

  return (
    <>
      <Button variant="danger" data-testid="erase" onClick={() => setOpen(true)}>
        <Trash2 aria-hidden />
        Erase everything…
      </Button>
      <ConfirmDialog
        open={open}
        onOpenChange={setOpen}
        title="Erase everything on this device?"
        confirmLabel="Erase everything"
        typedName={name}
        busy={busy}
        error={error}
        description="There is no way back: without a backup or another device the workspace is lost, and its nodes must be reset to be claimed again."
        onConfirm={() => void erase()}
      />
    </>
  );
}
