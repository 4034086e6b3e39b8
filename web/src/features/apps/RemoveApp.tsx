import type { AppView } from '@automator67/worker';
import { useLocation } from 'wouter';
import { useCommand } from '../../engine/use-command';
import { ConfirmDialog } from '../../ui/ConfirmDialog';
import { plural } from '../../ui/format';
import { showToast } from '../../ui/toast-store';

type RemoveAppProps = { app: AppView; open: boolean; onOpenChange: (open: boolean) => void };

export function RemoveApp({ app, open, onOpenChange }: RemoveAppProps) {
  const remove = useCommand('app.remove');
  const [, navigate] = useLocation();

  async function confirm(): Promise<void> {
    if (!(await remove.run({ app: app.name }))) return;
    onOpenChange(false);
    navigate('/apps');
    showToast({ title: `${app.name} was removed.` });
  }

  return (
    <ConfirmDialog
      open={open}
      onOpenChange={(next) => {
        onOpenChange(next);
        if (!next) remove.clear();
      }}
      title={`Remove ${app.name}?`}
      description={`Its ${plural(app.replicas.length, 'replica')} will stop and its ${plural(app.releases.length, 'release')} and environment will be forgotten. This cannot be undone.`}
      confirmLabel="Remove app"
      typedName={app.name}
      busy={remove.busy}
      error={remove.error}
      onConfirm={() => void confirm()}
      testId="remove-app-dialog"
    />
  );
}
