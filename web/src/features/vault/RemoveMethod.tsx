import type { UnlockMethod } from '@automator67/worker';
import { useCommand } from '../../engine/use-command';
import { ConfirmDialog } from '../../ui/ConfirmDialog';
import { showToast } from '../../ui/toast-store';

type RemoveMethodProps = {
  method: UnlockMethod;
  open: boolean;
  onOpenChange: (open: boolean) => void;
};

export function RemoveMethod({ method, open, onOpenChange }: RemoveMethodProps) {
  const remove = useCommand('vault.remove_method');
  async function confirm(): Promise<void> {
    if (!(await remove.run({ method: method.id }))) return;
    onOpenChange(false);
    showToast({ title: `“${method.label}” opens nothing any more.` });
  }
  return (
    <ConfirmDialog
      open={open}
      onOpenChange={(next) => {
        if (!next) remove.clear();
        onOpenChange(next);
      }}
      title={`Remove “${method.label}”?`}
      description={
        <>
          {method.kind === 'recovery' &&
            'Without a recovery kit, a forgotten passphrase is the end of this workspace. '}
          The vault key is replaced, so that not even an old copy of the data opens with it. This
          cannot be undone.
        </>
      }
      confirmLabel="Remove"
      busy={remove.busy}
      error={remove.error}
      onConfirm={() => void confirm()}
      testId="remove-method-dialog"
    />
  );
}
