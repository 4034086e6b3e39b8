import { FileArchive, FolderCheck, GitBranch, History } from 'lucide-react';
import { Button } from '../../ui/Button';
import { formatBytes, plural } from '../../ui/format';
import { sourceOf, type Draft } from './deploy-draft';

type ChosenSourceProps = { draft: Draft; onClear?: () => void };

/** What will be deployed, in one line. */
export function ChosenSource({ draft, onClear }: ChosenSourceProps) {
  const source = sourceOf(draft);
  if (!source) return null;
  const isFolder = source.kind === 'archive' && !/\.(tar\.gz|tgz|zip)$/i.test(draft.sourceName);
  const Icon =
    source.kind === 'git'
      ? GitBranch
      : source.kind === 'release'
        ? History
        : isFolder
          ? FolderCheck
          : FileArchive;
  const facts = [
    source.files && plural(source.files.length, 'file'),
    source.bytes && `${formatBytes(source.bytes)} packed`,
    source.kind === 'git' && (source.ref ? `at ${source.ref}` : 'default branch'),
  ].filter(Boolean);
  return (
    <div
      data-testid="deploy-source"
      className="flex flex-wrap items-center gap-x-4 gap-y-3 rounded-xl border border-line bg-canvas p-4 dark:bg-sunken"
    >
      <span className="grid size-10 shrink-0 place-items-center rounded-lg bg-accent-soft text-accent-ink">
        <Icon className="size-5" aria-hidden />
      </span>
      <div className="min-w-0 flex-1">
        <p className="truncate font-medium text-ink">{draft.sourceName || source.url || 'App'}</p>
        <p className="text-[13px] text-muted">{facts.join(' · ')}</p>
        {draft.skipped.length > 0 && (
          <p className="text-[13px] text-muted" data-testid="deploy-skipped">
            Left out: {draft.skipped.join(', ')}
          </p>
        )}
      </div>
      {onClear && (
        <Button size="sm" onClick={onClear} data-testid="deploy-change-source">
          Change
        </Button>
      )}
    </div>
  );
}
