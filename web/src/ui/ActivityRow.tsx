import type { ActivityView } from '@automator67/worker';
import { RelativeTime } from './RelativeTime';
import { StateDot } from './StateBadge';
import { LEVEL_TONE } from './states';

const LEVEL_WORD: Record<ActivityView['level'], string> = {
  info: 'Info',
  warning: 'Warning',
  error: 'Error',
};

export function ActivityRow({ line }: { line: ActivityView }) {
  return (
    <li
      data-testid="activity-row"
      data-level={line.level}
      className="flex items-baseline gap-3 px-4 py-2.5 sm:px-5"
    >
      <span title={LEVEL_WORD[line.level]}>
        <StateDot tone={LEVEL_TONE[line.level]} className="relative -top-px" />
        <span className="sr-only">{LEVEL_WORD[line.level]}: </span>
      </span>
      <div className="min-w-0 flex-1 sm:flex sm:items-baseline sm:justify-between sm:gap-4">
        <p className="min-w-0 text-sm break-words text-ink">{line.message}</p>
        <p className="shrink-0 text-xs text-muted">
          <span className="sm:hidden">{line.subject} · </span>
          <RelativeTime at={line.at} />
        </p>
      </div>
    </li>
  );
}
