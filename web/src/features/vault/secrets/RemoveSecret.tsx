import { useSend } from '../../../engine/hooks';
import { useCommand } from '../../../engine/use-command';
import { ConfirmDialog } from '../../../ui/ConfirmDialog';
import { showToast } from '../../../ui/toast-store';
import { newestChange, undoFromToast } from '../../../history/undo';

type RemoveSecretProps = { name: string; open: boolean; onOpenChange: (open: boolean) => void };

export function RemoveSecret({ name, open, onOpenChange }: RemoveSecretProps) {
  const send = useSend();
  const remove = useCommand('secret.remove');

  async function confirm(): Promise<void> {
    if (!(await remove.run({ name }))) return;
    onOpenChange(false);
    const entity = `secret/${name}`;
    const made = await newestChange(send, entity);
    showToast({
      title: `${name} was removed.`,
      ...(made?.deleted && {
        undo: () => void undoFromToast(send, entity, made.change, `${name} is back.`),
      }),
    });
  }

  return (
    <ConfirmDialog
      open={open}
      onOpenChange={(next) => {
        if (!next) remove.clear();
        onOpenChange(next);
      }}
      title={`Remove ${name}?`}
      description="Whoever issued it knows nothing of that: end it there, too, if nobody is to use it any more."
      confirmLabel="Remove"
      busy={remove.busy}
      error={remove.error}
      onConfirm={() => void confirm()}
      testId="remove-secret-dialog"
    />
  );
}
