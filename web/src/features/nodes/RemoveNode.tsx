import type { NodeView } from '@automator67/worker';
import { useState } from 'react';
import { useCommand } from '../../engine/use-command';
import { ConfirmDialog } from '../../ui/ConfirmDialog';
import { plural } from '../../ui/format';
import { showToast } from '../../ui/toast-store';

type RemoveNodeProps = { node: NodeView; open: boolean; onOpenChange: (open: boolean) => void };

const UNREACHED = new Set(['unreachable', 'timeout', 'outcome_unknown', 'offline']);

export function RemoveNode({ node, open, onOpenChange }: RemoveNodeProps) {
  const remove = useCommand('node.remove');
  const [force, setForce] = useState(false);
  const silent = node.state === 'dead' || node.state === 'suspect';
  // Forgetting without asking the node is offered only when asking has no hope, or just failed.
  const mayForce = silent || UNREACHED.has(remove.error?.code ?? '');

  async function confirm(): Promise<void> {
    const answer = await remove.run({ node: node.id, force: force && mayForce });
    if (!answer) return;
    onOpenChange(false);
    showToast({ title: `${node.name} was removed.` });
  }

  return (
    <ConfirmDialog
      open={open}
      onOpenChange={(next) => {
        onOpenChange(next);
        if (!next) remove.clear();
      }}
      title={`Remove ${node.name}?`}
      description={
        node.replicas > 0
          ? `Its ${plural(node.replicas, 'replica')} will be placed on other nodes, and the node can be claimed again.`
          : 'It runs nothing. It can be claimed again later.'
      }
      confirmLabel="Remove node"
      typedName={node.replicas > 0 ? node.name : undefined}
      busy={remove.busy}
      error={remove.error}
      onConfirm={() => void confirm()}
      testId="remove-node-dialog"
    >
      {mayForce && (
        <label className="flex items-start gap-2.5 text-sm text-ink">
          <input
            type="checkbox"
            data-testid="remove-force"
            checked={force}
            onChange={(event) => setForce(event.target.checked)}
            className="mt-1 size-4 accent-accent"
          />
          <span>
            Forget it even though it does not answer
            <span className="block text-[13px] text-muted">
              If it comes back it still believes it belongs to you; its old replicas get no
              requests.
            </span>
          </span>
        </label>
      )}
    </ConfirmDialog>
  );
}
