// Claims the nodes of a claim link, one row each: a node that fails does not stop the others, and
// can be tried again alone.
import type { ErrorView } from '@automator67/worker';
import { CircleCheck, LoaderCircle, RotateCw, Server } from 'lucide-react';
import { useState } from 'react';
import { toErrorView } from '../../engine/errors';
import { useSend } from '../../engine/hooks';
import { Button } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';
import { ErrorBox } from '../../ui/ErrorBox';
import { plural } from '../../ui/format';

type Target = { url: string; code: string };

type ClaimDialogProps = {
  targets: Target[];
  problem: string | null;
  open: boolean;
  onOpenChange: (open: boolean) => void;
};

type Row =
  | { state: 'waiting' }
  | { state: 'claiming' }
  | { state: 'claimed'; name: string }
  | { state: 'failed'; error: ErrorView };

const WAITING: Row = { state: 'waiting' };

export function ClaimDialog({ targets, problem, open, onOpenChange }: ClaimDialogProps) {
  const send = useSend();
  const [rows, setRows] = useState<readonly Row[]>(() => targets.map(() => WAITING));
  const claimed = rows.filter((row) => row.state === 'claimed').length;
  const busy = rows.some((row) => row.state === 'claiming');
  const started = rows.some((row) => row.state !== 'waiting');
  const done = targets.length > 0 && claimed === targets.length;

  function setRow(index: number, row: Row): void {
    setRows((old) => old.map((one, at) => (at === index ? row : one)));
  }

  async function claim(index: number): Promise<void> {
    const target = targets[index];
    if (!target) return;
    setRow(index, { state: 'claiming' });
    try {
      const { node } = await send('node.claim', target);
      setRow(index, { state: 'claimed', name: node.name });
    } catch (error) {
      setRow(index, { state: 'failed', error: toErrorView(error) });
    }
  }

  function claimAll(): void {
    rows.forEach((row, index) => {
      if (row.state === 'waiting' || row.state === 'failed') void claim(index);
    });
  }

  if (problem) {
    return (
      <Dialog open={open} onOpenChange={onOpenChange} title="Claim nodes" testId="claim-dialog">
        <ErrorBox error={{ code: 'invalid_input', message: problem }} />
      </Dialog>
    );
  }

  const failed = rows.some((row) => row.state === 'failed');
  const title = done
    ? `${plural(claimed, 'node')} claimed`
    : `Claim ${targets.length === 1 ? 'this node' : `these ${targets.length} nodes`}?`;
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={title}
      description={
        done
          ? 'They take orders from this browser now. Deploy something to them.'
          : 'A claimed node takes orders from this browser only. Claim only nodes that you started yourself.'
      }
      testId="claim-dialog"
      footer={
        done ? (
          <Button variant="primary" data-testid="claim-done" onClick={() => onOpenChange(false)}>
            Done
          </Button>
        ) : (
          <>
            <Button onClick={() => onOpenChange(false)}>Not now</Button>
            <Button
              variant="primary"
              data-testid="claim-confirm"
              busy={busy}
              disabled={busy}
              onClick={claimAll}
            >
              {failed ? 'Try the rest again' : `Claim ${plural(targets.length, 'node')}`}
            </Button>
          </>
        )
      }
    >
      <ul className="space-y-2" aria-live="polite">
        {targets.map((target, index) => (
          <ClaimRow
            key={target.url}
            url={target.url}
            row={rows[index] ?? WAITING}
            onRetry={() => void claim(index)}
          />
        ))}
      </ul>
      {started && !done && !busy && (
        <p className="mt-3 text-[13px] text-muted">
          {claimed} of {targets.length} claimed.
        </p>
      )}
    </Dialog>
  );
}

type ClaimRowProps = { url: string; row: Row; onRetry: () => void };

function ClaimRow({ url, row, onRetry }: ClaimRowProps) {
  return (
    <li
      data-testid="claim-row"
      data-state={row.state}
      className="rounded-xl border border-line px-3.5 py-3"
    >
      <div className="flex items-center gap-3">
        <RowIcon state={row.state} />
        <div className="min-w-0 flex-1">
          <p className="truncate font-mono text-[13px] text-ink">{url}</p>
          <p className="text-xs text-muted">
            {row.state === 'waiting' && 'Not claimed yet'}
            {row.state === 'claiming' && 'Claiming…'}
            {row.state === 'claimed' && `Claimed as ${row.name}`}
            {row.state === 'failed' && 'Not claimed'}
          </p>
        </div>
        {row.state === 'failed' && (
          <Button size="sm" onClick={onRetry}>
            <RotateCw aria-hidden />
            Try again<span className="sr-only"> to claim {url}</span>
          </Button>
        )}
      </div>
      {row.state === 'failed' && (
        <div className="mt-3">
          <ErrorBox error={row.error} />
        </div>
      )}
    </li>
  );
}

function RowIcon({ state }: { state: Row['state'] }) {
  if (state === 'claimed') return <CircleCheck className="size-5 text-ok" aria-hidden />;
  if (state === 'claiming') {
    return <LoaderCircle className="size-5 animate-spin text-accent-ink" aria-hidden />;
  }
  return <Server className="size-5 text-muted" aria-hidden />;
}
