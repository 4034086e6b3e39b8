import type { ErrorView, HistoryEntry } from '@automator67/worker';
import { History as HistoryIcon, Undo2 } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../ui/Button';
import { EmptyState } from '../ui/EmptyState';
import { ErrorBox } from '../ui/ErrorBox';
import { formatExact } from '../ui/format';
import { RelativeTime } from '../ui/RelativeTime';
import { SkeletonRows } from '../ui/Skeleton';
import { canUndo, describeChange } from './describe-change';
import { UndoDialog } from './UndoDialog';
import { useDeviceName } from './use-device-name';
import { useHistory } from './use-history';

type HistoryListProps = {
  entity: string;
  /** Whatever says what the thing is like now; another one means there is a new change. */
  version: string;
  /** Something goes on that must end before a change can be taken back. */
  blocked?: boolean;
};

export function HistoryList({ entity, version, blocked = false }: HistoryListProps) {
  const history = useHistory(entity, version);
  const deviceName = useDeviceName();
  // Kept while the dialog closes, so that its words do not vanish first.
  const [undoing, setUndoing] = useState<{ entry: HistoryEntry; open: boolean } | null>(null);
  const [failure, setFailure] = useState<ErrorView | null>(null);
  const { changes, more, loading, error, reload } = history;

  return (
    <div data-testid="history">
      {failure && (
        <div className="p-4 pb-0">
          <ErrorBox title="The change was not taken back." error={failure} />
        </div>
      )}
      {error && (
        <div className="p-4">
          <ErrorBox error={error} onRetry={reload} />
        </div>
      )}
      {changes.length > 0 && (
        <ol className="divide-y divide-line" aria-label="Changes, newest first">
          {changes.map((entry) => (
            <ChangeRow
              key={entry.change}
              entry={entry}
              words={describeChange(entity, entry)}
              device={deviceName(entry.device)}
              undoable={canUndo(entity, entry)}
              blocked={blocked}
              onUndo={() => setUndoing({ entry, open: true })}
            />
          ))}
        </ol>
      )}
      {changes.length === 0 && !loading && !error && (
        <EmptyState icon={HistoryIcon} title="Nothing was changed yet">
          Changes are listed here for 90 days, and can be taken back.
        </EmptyState>
      )}
      {loading && <SkeletonRows rows={3} className="p-4" />}
      {more && !loading && (
        <div className="border-t border-line p-3 text-center">
          <Button size="sm" data-testid="history-older" onClick={history.showOlder}>
            Show older
          </Button>
        </div>
      )}
      {undoing && (
        <UndoDialog
          entity={entity}
          entry={undoing.entry}
          open={undoing.open}
          onOpenChange={(open) => setUndoing({ ...undoing, open })}
          onEnded={(ended) => {
            setFailure(ended);
            reload();
          }}
        />
      )}
    </div>
  );
}

type ChangeRowProps = {
  entry: HistoryEntry;
  words: string[];
  device: string;
  undoable: boolean;
  blocked: boolean;
  onUndo: () => void;
};

function ChangeRow({ entry, words, device, undoable, blocked, onUndo }: ChangeRowProps) {
  return (
    <li
      data-testid="history-row"
      data-change={entry.change}
      className="flex items-center gap-3 px-4 py-3 sm:px-5"
    >
      <div className="min-w-0 flex-1">
        {words.map((line) => (
          <p key={line} className="text-sm break-words text-ink">
            {line}
          </p>
        ))}
        <p className="mt-0.5 text-[13px] text-muted first-letter:uppercase" title={entry.device}>
          <RelativeTime at={entry.at} /> · {formatExact(entry.at)} · {device}
        </p>
      </div>
      {undoable && (
        <Button size="sm" data-testid="history-undo" disabled={blocked} onClick={onUndo}>
          <Undo2 aria-hidden />
          Undo<span className="sr-only"> {words.join(', ')}</span>
        </Button>
      )}
    </li>
  );
}
