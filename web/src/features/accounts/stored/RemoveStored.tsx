import { useCommand } from '../../../engine/use-command';
import { ConfirmDialog } from '../../../ui/ConfirmDialog';
import { showToast } from '../../../ui/toast-store';

type RemoveStoredProps = {
  account: string;
  title: string;
  operation: 'object.remove' | 'document.remove';
  input: Record<string, unknown>;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  onRemoved: () => void;
};

/** Deletes one object or document at the provider. */
export function RemoveStored(props: RemoveStoredProps) {
  const { account, title, operation, input, open, onOpenChange, onRemoved } = props;
  const remove = useCommand('account.run');

  async function confirm(): Promise<void> {
    if (!(await remove.run({ account, operation, input }))) return;
    onOpenChange(false);
    showToast({ title: 'It was deleted.' });
    onRemoved();
  }

  return (
    <ConfirmDialog
      open={open}
      onOpenChange={(next) => {
        if (!next) remove.clear();
        onOpenChange(next);
      }}
      title={title}
      description="It is deleted at the provider, and nobody can bring it back."
      confirmLabel="Delete"
      busy={remove.busy}
      error={remove.error}
      onConfirm={() => void confirm()}
      testId="remove-stored-dialog"
    />
  );
}
