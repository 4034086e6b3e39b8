// The end of one workspace on this device; the others stay. Its nodes and apps know nothing of it: they keep running.
import { Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { lockVault } from './lock-vault';
import { useEngine, useEngineStore } from '../../engine/hooks';
import { useCommand } from '../../engine/use-command';
import { useQuery } from '../../engine/use-query';
import { Button } from '../../ui/Button';
import { Card, CardHeader } from '../../ui/Card';
import { ConfirmDialog } from '../../ui/ConfirmDialog';

export function EraseWorkspace() {
  const name = useEngine((mirror) => mirror.vault?.name) ?? '';
  const store = useEngineStore();
  const [, navigate] = useLocation();
  const erase = useCommand('vault.erase');
  const { data } = useQuery('vault.workspaces', {});
  const [open, setOpen] = useState(false);
  const next = data?.workspaces.find((one) => !one.current);

  async function confirm(): Promise<void> {
    if (!(await erase.run({ name }))) return;
    // The engine that erased is of no use any more; the next one is for what is left.
    navigate('/', { replace: true });
    await lockVault(store, next?.id);
  }

  return (
    <Card aria-labelledby="erase-workspace" className="border-bad/30" data-testid="erase-card">
      <CardHeader id="erase-workspace" title="Erase this workspace" />
      <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3 p-4 sm:p-5">
        <p className="max-w-prose min-w-0 flex-1 basis-64 text-sm text-muted">
          Erase “{name}” from this device: its keys, state, secrets, history and audit log. Other
          workspaces stay. Its nodes and apps keep running, but nothing here can give them orders
          any more.
        </p>
        <Button variant="danger" data-testid="erase-workspace" onClick={() => setOpen(true)}>
          <Trash2 aria-hidden />
          Erase workspace…
        </Button>
      </div>
      <ConfirmDialog
        open={open}
        onOpenChange={(shown) => {
          if (!shown) erase.clear();
          setOpen(shown);
        }}
        title={`Erase “${name}”?`}
        description="There is no way back: without a backup it is lost, and its nodes must be reset to be claimed again."
        confirmLabel="Erase the workspace"
        typedName={name}
        busy={erase.busy}
        error={erase.error}
        onConfirm={() => void confirm()}
        testId="erase-workspace-dialog"
      />
    </Card>
  );
}
