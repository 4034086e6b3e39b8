import { useCommand } from '../../engine/use-command';
import { ConfirmDialog } from '../../ui/ConfirmDialog';
import { showToast } from '../../ui/toast-store';

type RemoveResourceProps = {
  account: string;
  kind: string;
  resource: { id: string; name: string };
  open: boolean;
  onOpenChange: (open: boolean) => void;
  onRemoved: () => void;
};

/** Deletes something at the provider. Nobody can bring it back, so its name is typed. */
export function RemoveResource(props: RemoveResourceProps) {
  const { account, kind, resource, open, onOpenChange, onRemoved } = props;
  const remove = useCommand('account.run');

  async function confirm(): Promise<void> {
    const operation = `${kind}.remove`;
    if (!(await remove.run({ account, operation, input: { [kind]: resource.id } }))) return;
    onOpenChange(false);
    showToast({ title: `The ${kind} ${resource.name} was removed.` });
    onRemoved();
  }

  return (
    <ConfirmDialog
      open={open}
      onOpenChange={(next) => {
        if (!next) remove.clear();
        onOpenChange(next);
      }}
      title={`Remove the ${kind} ${resource.name}?`}
      description={`It is deleted at the provider with all that is in it, and nobody can bring it back. Its id there is ${resource.id}.`}
      confirmLabel={`Remove ${kind}`}
      typedName={resource.name}
      busy={remove.busy}
      error={remove.error}
      onConfirm={() => void confirm()}
      testId="remove-resource-dialog"
    />
  );
}
