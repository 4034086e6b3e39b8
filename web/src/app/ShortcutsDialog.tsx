import { Dialog } from '../ui/Dialog';
import { Kbd } from '../ui/Kbd';
import { DESTINATIONS } from './destinations';
import { LOCK_KEY } from './shortcuts';

type ShortcutsDialogProps = { open: boolean; onOpenChange: (open: boolean) => void };

export function ShortcutsDialog({ open, onOpenChange }: ShortcutsDialogProps) {
  const rows = [
    { keys: ['Ctrl', 'K'], what: 'Search, or run a command' },
    ...DESTINATIONS.map((one) => ({ keys: ['g', one.key], what: `Go to ${one.label}` })),
    { keys: ['g', LOCK_KEY], what: 'Lock the workspace' },
    { keys: ['?'], what: 'Show this list' },
    { keys: ['Esc'], what: 'Close what is open' },
  ];
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title="Keyboard shortcuts" size="sm">
      <dl className="divide-y divide-line">
        {rows.map((row) => (
          <div key={row.what} className="flex items-center justify-between py-2 text-sm">
            <dt className="text-muted">{row.what}</dt>
            <dd className="flex gap-1">
              {row.keys.map((key) => (
                <Kbd key={key}>{key}</Kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
