import type { PackProgress } from '@automator67/worker';
import clsx from 'clsx';
import { FileArchive, FolderOpen, FolderUp } from 'lucide-react';
import { useRef, useState } from 'react';
import { Button } from '../../ui/Button';
import { ProgressBar } from '../../ui/ProgressBar';
import { entriesOf, fromEntries, fromFolderInput, type Picked } from './read-drop';

type DropZoneProps = {
  progress: PackProgress | null;
  onPick: (reading: Promise<Picked>) => void;
};

const STAGES: Record<PackProgress['stage'], string> = {
  packing: 'Reading and packing',
  hashing: 'Checking',
  saving: 'Keeping it in this browser',
};

export function DropZone({ progress, onPick }: DropZoneProps) {
  const [over, setOver] = useState(false);
  const folder = useRef<HTMLInputElement>(null);
  const archive = useRef<HTMLInputElement>(null);

  return (
    // Dropping is the shortcut for the mouse; the two buttons inside do the same by keyboard.
    <div
      data-testid="deploy-drop"
      data-over={over}
      onDragOver={(event) => {
        event.preventDefault();
        event.dataTransfer.dropEffect = 'copy';
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        onPick(fromEntries(entriesOf(event.dataTransfer.items)));
      }}
      className={clsx(
        'flex min-h-60 flex-col items-center justify-center rounded-xl border-2 border-dashed px-6 py-8 text-center transition-colors',
        over ? 'border-accent bg-accent-soft' : 'border-line-strong/80 bg-canvas dark:bg-sunken',
      )}
    >
      <input
        ref={(element) => {
          folder.current = element;
          // React knows no `webkitdirectory` property with a truthful type; the attribute is what counts.
          element?.setAttribute('webkitdirectory', '');
        }}
        type="file"
        multiple
        hidden
        aria-label="Folder"
        data-testid="deploy-folder-input"
        onChange={(event) => {
          const files = [...(event.target.files ?? [])];
          event.target.value = '';
          if (files.length > 0) onPick(Promise.resolve(files).then(fromFolderInput));
        }}
      />
      <input
        ref={archive}
        type="file"
        hidden
        aria-label="Archive"
        accept=".tar.gz,.tgz,.zip,application/gzip,application/zip"
        data-testid="deploy-archive-input"
        onChange={(event) => {
          const file = event.target.files?.[0];
          event.target.value = '';
          if (file) onPick(Promise.resolve({ kind: 'archive', name: file.name, file }));
        }}
      />
      {progress ? (
        <Packing progress={progress} />
      ) : (
        <>
          <FolderUp className="mb-3 size-8 text-muted" strokeWidth={1.5} aria-hidden />
          <p className="text-[15px] font-medium text-ink">Drop your app’s folder or archive here</p>
          <p className="mt-1 max-w-sm text-[13px] text-pretty text-muted">
            A folder, .tar.gz, .tgz or .zip. node_modules, .git, __pycache__ and .venv are left out.
          </p>
          <div className="mt-4 flex flex-wrap justify-center gap-2">
            <Button onClick={() => folder.current?.click()}>
              <FolderOpen aria-hidden />
              Choose a folder
            </Button>
            <Button onClick={() => archive.current?.click()}>
              <FileArchive aria-hidden />
              Choose an archive
            </Button>
          </div>
        </>
      )}
    </div>
  );
}

function Packing({ progress }: { progress: PackProgress }) {
  const percent = progress.total > 0 ? (progress.done / progress.total) * 100 : 0;
  return (
    <div className="w-full max-w-xs" role="status">
      <p className="mb-3 text-sm font-medium text-ink">{STAGES[progress.stage]}…</p>
      <ProgressBar label={STAGES[progress.stage]} percent={percent} />
    </div>
  );
}
