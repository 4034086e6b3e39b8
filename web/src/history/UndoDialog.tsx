// Asks before a change is taken back. Of an app this is a rollout: the dialog goes as soon as the engine has begun
// it, and the app's own progress is shown from then on; what fails later is told through `onEnded`.
import type { ErrorView, HistoryEntry } from '@automator67/worker';
import { useRef, useState } from 'react';
import { isCancelled, toErrorView } from '../engine/errors';
import { useSend } from '../engine/hooks';
import { ConfirmDialog } from '../ui/ConfirmDialog';
import { showToast } from '../ui/toast-store';
import { describeUndo, kindOf } from './describe-change';

type UndoDialogProps = {
  entity: string;
  entry: HistoryEntry;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  /** Called with null when it begins and when it is through. */
  onEnded: (error: ErrorView | null) => void;
};

export function UndoDialog({ entity, entry, open, onOpenChange, onEnded }: UndoDialogProps) {
  const send = useSend();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ErrorView | null>(null);
  const begun = useRef(false);

  async function undo(): Promise<void> {
    begun.current = false;
    setBusy(true);
    setError(null);
    onEnded(null);
    const begin = () => {
      if (begun.current) return;
      begun.current = true;
      onOpenChange(false);
    };
    try {
      await send('history.undo', { entity, change: entry.change }, { onProgress: begin });
      begin();
      showToast({ title: 'The change was taken back.' });
      onEnded(null);
    } catch (failure) {
      if (isCancelled(failure)) begin();
      else if (begun.current) onEnded(toErrorView(failure));
      else setError(toErrorView(failure));
    } finally {
      setBusy(false);
    }
  }

  return (
    <ConfirmDialog
      open={open}
      onOpenChange={(next) => {
        if (!next) setError(null);
        onOpenChange(next);
      }}
      title="Take this change back?"
      description={
        kindOf(entity) === 'app'
          ? 'The app goes back to what there was before, by a rollout like any other.'
          : 'What there was before comes back, as a new change.'
      }
      confirmLabel="Take it back"
      danger={false}
      busy={busy}
      error={error}
      onConfirm={() => void undo()}
      testId="undo-dialog"
    >
      <ul className="space-y-1 rounded-lg border border-line bg-sunken px-3 py-2.5 text-sm text-ink dark:bg-surface">
        {describeUndo(entity, entry).map((words) => (
          <li key={words} className="break-words">
            {words}
          </li>
        ))}
      </ul>
    </ConfirmDialog>
  );
}
