// Nodes at providers that are not in the fleet yet, or could not be made: what they wait for, and a way to be rid of
// what is left of them.
import type { MadeNode } from '@automator67/worker';
import { useState } from 'react';
import { useCommand } from '../../engine/use-command';
import { Button } from '../../ui/Button';
import { Card, CardHeader } from '../../ui/Card';
import { ConfirmDialog } from '../../ui/ConfirmDialog';
import { ErrorBox } from '../../ui/ErrorBox';
import { StateBadge } from '../../ui/StateBadge';
import { showToast } from '../../ui/toast-store';
import { STEP_WORDS } from '../../engine/use-make-node';
import { useMade } from './use-made';

export function MadeNodes() {
  const waiting = useMade().filter(({ step }) => step !== 'ready');
  if (waiting.length === 0) return null;
  return (
    <Card data-testid="made-nodes" aria-label="Being made at providers" className="mb-4">
      <CardHeader title="Being made at providers" />
      <ul className="divide-y divide-line">
        {waiting.map((made) => (
          <MadeRow key={made.id} made={made} />
        ))}
      </ul>
    </Card>
  );
}

function MadeRow({ made }: { made: MadeNode }) {
  const { name, providerName, step, url, problem } = made;
  const [asking, setAsking] = useState(false);
  const failed = step === 'failed';
  return (
    <li data-testid="made-row" data-step={step} className="space-y-2 px-4 py-3 sm:px-5">
      <div className="flex items-center gap-3">
        <div className="min-w-0 flex-1">
          <p className="flex flex-wrap items-center gap-2">
            <span className="text-sm font-medium break-all text-ink">{name}</span>
            <span className="text-[13px] text-muted">at {providerName}</span>
            <StateBadge
              tone={failed ? 'bad' : 'busy'}
              state={step === 'answering' ? 'waking up' : step}
            />
          </p>
          <p className="text-[13px] break-words text-muted">
            {STEP_WORDS[step]}
            {url && <span className="block font-mono text-xs break-all">{url}</span>}
          </p>
        </div>
        <Button size="sm" data-testid="made-remove" onClick={() => setAsking(true)}>
          {failed ? 'Remove what is left' : 'Stop and remove'}
        </Button>
      </div>
      {problem && <ErrorBox error={problem} />}
      <UnmakeNode made={made} open={asking} onOpenChange={setAsking} />
    </li>
  );
}

type UnmakeNodeProps = { made: MadeNode; open: boolean; onOpenChange: (open: boolean) => void };

function UnmakeNode({ made, open, onOpenChange }: UnmakeNodeProps) {
  const unmake = useCommand('node.unmake');

  async function confirm(): Promise<void> {
    if (!(await unmake.run({ made: made.id }))) return;
    onOpenChange(false);
    showToast({ title: `${made.name} was removed at ${made.providerName}.` });
  }

  return (
    <ConfirmDialog
      open={open}
      onOpenChange={(next) => {
        if (!next) unmake.clear();
        onOpenChange(next);
      }}
      title={`Remove ${made.name}?`}
      description={`Its service at ${made.providerName} is deleted, as far as it was made.`}
      confirmLabel="Remove node"
      busy={unmake.busy}
      error={unmake.error}
      onConfirm={() => void confirm()}
      testId="unmake-node-dialog"
    />
  );
}
