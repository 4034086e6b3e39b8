import type { AccountView } from '@automator67/worker';
import { useLocation } from 'wouter';
import { useCommand } from '../../engine/use-command';
import { useQuery } from '../../engine/use-query';
import { ConfirmDialog } from '../../ui/ConfirmDialog';
import { SkeletonRows } from '../../ui/Skeleton';
import { showToast } from '../../ui/toast-store';

type DisconnectDialogProps = {
  account: AccountView;
  open: boolean;
  onOpenChange: (open: boolean) => void;
};

export function DisconnectDialog({ account, open, onOpenChange }: DisconnectDialogProps) {
  const disconnect = useCommand('account.disconnect');
  const [, navigate] = useLocation();

  async function confirm(): Promise<void> {
    if (!(await disconnect.run({ account: account.id }))) return;
    onOpenChange(false);
    showToast({ title: `${account.name} is disconnected.` });
    navigate('/accounts');
  }

  return (
    <ConfirmDialog
      open={open}
      onOpenChange={(next) => {
        if (!next) disconnect.clear();
        onOpenChange(next);
      }}
      title={`Disconnect ${account.name}?`}
      description={`Nothing is deleted at ${account.providerName}. This is what it means:`}
      confirmLabel="Disconnect"
      typedName={account.name}
      busy={disconnect.busy}
      error={disconnect.error}
      onConfirm={() => void confirm()}
      testId="disconnect-dialog"
    >
      <Breaks account={account.id} />
    </ConfirmDialog>
  );
}

function Breaks({ account }: { account: string }) {
  const { data, loading } = useQuery('account.get', { account });
  if (loading) return <SkeletonRows rows={2} />;
  return (
    <ul className="list-disc space-y-1.5 pl-5 text-sm text-ink" data-testid="disconnect-breaks">
      {data?.breaks.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  );
}
