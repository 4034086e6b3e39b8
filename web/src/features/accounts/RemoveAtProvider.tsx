// Asks before something is deleted at a provider, deletes it and says so.
import { useCommand } from '../../engine/use-command';
import { ConfirmDialog } from '../../ui/ConfirmDialog';
import { showToast } from '../../ui/toast-store';

export type RemovalState = {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  onRemoved: () => void;
};

type RemoveAtProviderProps = RemovalState & {
  account: string;
  operation: string;
  input: Record<string, unknown>;
  title: string;
  description: string;
  confirmLabel: string;
  /** What must be typed first. */
  typedName?: string;
  /** Said when it is gone. */
  done: string;
  testId: string;
};

export function RemoveAtProvider(props: RemoveAtProviderProps) {
  const { account, operation, input, done, onOpenChange, onRemoved, ...words } = props;
  const remove = useCommand('account.run');

  async function confirm(): Promise<void> {
    if (!(await remove.run({ account, operation, input }))) return;
    onOpenChange(false);
    showToast({ title: done });
    onRemoved();
  }

  return (
    <ConfirmDialog
      {...words}
      onOpenChange={(next) => {
        if (!next) remove.clear();
        onOpenChange(next);
      }}
      busy={remove.busy}
      error={remove.error}
      onConfirm={() => void confirm()}
    />
  );
}
