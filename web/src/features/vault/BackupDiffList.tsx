import type { BackupDiff, BackupEntry, BackupField } from '@automator67/worker';
import { plural } from '../../ui/format';

const LISTS = [
  { key: 'added', title: 'Added', mark: '+', tone: 'text-ok' },
  { key: 'changed', title: 'Changed', mark: '~', tone: 'text-warn' },
  { key: 'removed', title: 'Removed', mark: '−', tone: 'text-bad' },
] as const;

/** What a restore would do, entry by entry; secrets come masked. */
export function BackupDiffList({ diff }: { diff: BackupDiff }) {
  const { counts } = diff;
  if (counts.added + counts.changed + counts.removed === 0) {
    return (
      <p className="text-sm text-muted" data-testid="backup-diff">
        Nothing would change.
      </p>
    );
  }
  return (
    <div
      className="max-h-80 space-y-4 overflow-y-auto rounded-lg border border-line bg-canvas p-3 dark:bg-sunken"
      // A list that scrolls is reached by keyboard, too.
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      role="region"
      aria-label="What would change"
      data-testid="backup-diff"
    >
      {LISTS.map(({ key, title, mark, tone }) => {
        const entries = diff[key];
        if (counts[key] === 0) return null;
        return (
          <section key={key} aria-label={title}>
            <h3 className={`text-[13px] font-semibold ${tone}`}>
              {title} ({counts[key]})
            </h3>
            <ul className="mt-1 space-y-1">
              {entries.map((entry) => (
                <Entry key={entry.entity} entry={entry} mark={mark} shown={key === 'changed'} />
              ))}
            </ul>
            {entries.length < counts[key] && (
              <p className="mt-1 text-[13px] text-muted">
                … and {counts[key] - entries.length} more.
              </p>
            )}
          </section>
        );
      })}
    </div>
  );
}

function Entry({ entry, mark, shown }: { entry: BackupEntry; mark: string; shown: boolean }) {
  return (
    <li className="text-[13px] text-ink">
      <details open={shown}>
        <summary className="cursor-pointer break-words">
          <span aria-hidden className="mr-1.5 font-mono text-muted">
            {mark}
          </span>
          {entry.label}
        </summary>
        <ul className="mt-0.5 ml-5 space-y-0.5 text-muted">
          {entry.fields.map((field) => (
            <li key={field.field} className="break-words">
              <span className="text-ink">{field.field}</span>: <Values field={field} />
            </li>
          ))}
          {entry.moreFields !== undefined && (
            <li>… and {plural(entry.moreFields, 'more value', 'more values')}.</li>
          )}
        </ul>
      </details>
    </li>
  );
}

function Values({ field: { before, after, secret } }: { field: BackupField }) {
  if (secret && before !== undefined && after !== undefined) return <>another value (secret)</>;
  if (before === undefined) return <>{after}</>;
  if (after === undefined) return <del>{before}</del>;
  return (
    <>
      <del>{before}</del> → <ins className="no-underline">{after}</ins>
    </>
  );
}
