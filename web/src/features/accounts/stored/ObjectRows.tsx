import { Download, File, Folder as FolderIcon, Trash2 } from 'lucide-react';
import { IconButton } from '../../../ui/IconButton';
import { formatBytes, plural } from '../../../ui/format';
import { RelativeTime } from '../../../ui/RelativeTime';
import { fileName, type Folder, type StoredObject } from './object-tree';

type FolderRowProps = { folder: Folder; partly: boolean; onOpen: () => void };

export function FolderRow({ folder, partly, onOpen }: FolderRowProps) {
  const { name, count, size } = folder;
  return (
    <li>
      <button
        type="button"
        data-testid="object-folder"
        className="flex w-full items-center gap-3 px-4 py-3 text-left hover:bg-sunken sm:px-5"
        onClick={onOpen}
      >
        <FolderIcon className="size-4 shrink-0 text-muted" aria-hidden />
        <span className="min-w-0 flex-1">
          <span className="block text-sm font-medium break-all text-ink">{name}/</span>
          <span className="block text-[13px] text-muted">
            {plural(count, 'object')}, {formatBytes(size)}
            {partly && ' so far'}
          </span>
        </span>
      </button>
    </li>
  );
}

type ObjectRowProps = {
  object: StoredObject;
  busy: boolean;
  onDownload?: () => void;
  onRemove?: () => void;
};

export function ObjectRow({ object, busy, onDownload, onRemove }: ObjectRowProps) {
  const name = fileName(object.key);
  return (
    <li
      data-testid="object-row"
      data-key={object.key}
      className="flex items-center gap-3 px-4 py-3 sm:px-5"
    >
      <File className="size-4 shrink-0 text-muted" aria-hidden />
      <div className="min-w-0 flex-1">
        <p className="text-sm break-all text-ink">{name}</p>
        <p className="text-[13px] text-muted">
          {formatBytes(object.size)}
          {object.changedAt !== undefined && (
            <>
              {' · '}
              <RelativeTime at={object.changedAt} />
            </>
          )}
        </p>
      </div>
      {onDownload && (
        <IconButton
          icon={Download}
          disabled={busy}
          label={`Download ${name}`}
          title="Download"
          data-testid="object-download"
          onClick={onDownload}
        />
      )}
      {onRemove && (
        <IconButton
          icon={Trash2}
          label={`Delete ${name}`}
          title="Delete"
          data-testid="object-remove"
          onClick={onRemove}
        />
      )}
    </li>
  );
}
