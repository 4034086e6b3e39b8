// From a backup's file to what it holds: choose it, open it, see what would change, then do it.
import type { BackupDiff, Commands, UnlockMethod } from '@automator67/worker';
import clsx from 'clsx';
import { FileLock2 } from 'lucide-react';
import { useId, useRef, useState } from 'react';
import { useClient, useSend } from '../../engine/hooks';
import { Button } from '../../ui/Button';
import { ErrorBox } from '../../ui/ErrorBox';
import { formatExact, plural } from '../../ui/format';
import { Notice } from '../../ui/Notice';
import { BackupDiffList } from './BackupDiffList';
import { BACKUP_BYTES_MAX, readBackup } from './backup-file';
import { passkeysOf } from './passkey';
import { Proof, type ProofHandle } from './Proof';
import { useTask } from './use-task';
import { isWrongSecret } from './vault-errors';

type Preview = Commands['vault.preview_backup']['res'];
type Mode = Commands['vault.restore']['req']['mode'];
type Opened = {
  preview: Preview;
  file: string;
  kind: Commands['vault.restore']['req']['kind'];
  secret: number;
};

/** Every vault has these two; which passkeys a backup knows is seen only once it is open. */
const WAYS: readonly UnlockMethod[] = [
  { id: 'passphrase', kind: 'passphrase', label: 'Passphrase', createdAt: 0, salt: '' },
  { id: 'recovery', kind: 'recovery', label: 'Recovery kit', createdAt: 0, salt: '' },
];

type RestoreBackupProps = {
  /** Of the open vault; none: there is no vault here yet. */
  methods: readonly UnlockMethod[] | null;
  onDone: (mode: Mode) => void;
  onCancel: () => void;
};

export function RestoreBackup({ methods, onDone, onCancel }: RestoreBackupProps) {
  const client = useClient();
  const send = useSend();
  const task = useTask();
  const [file, setFile] = useState<File | null>(null);
  const [opened, setOpened] = useState<Opened | null>(null);
  const [mode, setMode] = useState<Mode>('merge');
  const [expired, setExpired] = useState(false);
  const proof = useRef<ProofHandle>(null);
  const isNew = methods === null;

  async function open(chosen: File): Promise<void> {
    const text = await readBackup(chosen);
    const taken = await proof.current?.take(await client());
    if (!taken) return;
    const request = { file: text, kind: taken.withKind, secret: taken.with };
    const preview = await send('vault.preview_backup', request);
    setExpired(false);
    setOpened({ preview, ...request });
  }

  async function restore({ file: text, kind, secret }: Opened): Promise<void> {
    const chosen = isNew ? 'replace' : mode;
    await send('vault.restore', { file: text, kind, secret, mode: chosen });
    onDone(chosen);
  }

  async function submit(): Promise<void> {
    if (task.busy) return;
    if (!opened) {
      if (file && proof.current?.ready()) await task.run(() => open(file));
      return;
    }
    const failure = await task.run(() => restore(opened));
    if (!failure) return;
    // The worker keeps a secret for a few minutes only.
    setExpired(failure.code === 'not_found');
    setOpened(null);
  }

  const error =
    task.error && isWrongSecret(task.error)
      ? {
          ...task.error,
          message: 'This does not open the backup.',
          hint: 'It opens with the passphrase or recovery kit of the time it was made.',
        }
      : task.error;
  return (
    <form
      noValidate
      className="space-y-4"
      data-testid="restore-backup"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      {!opened && (
        <>
          <FilePicker
            file={file}
            disabled={task.busy}
            onPick={(picked) => {
              task.clear();
              setFile(picked);
            }}
          />
          {file && file.size > BACKUP_BYTES_MAX && (
            <Notice tone="warn">This file is too large to be a backup.</Notice>
          )}
          {expired && (
            <Notice tone="warn">
              That took a while, so the secret was let go of. Type it again.
            </Notice>
          )}
          <Proof handle={proof} methods={[...WAYS, ...passkeysOf(methods ?? [])]} />
        </>
      )}
      {opened && (
        <>
          <Facts preview={opened.preview} />
          {isNew ? null : <ModeChoice preview={opened.preview} mode={mode} onMode={setMode} />}
          <BackupDiffList diff={isNew ? opened.preview.replace : opened.preview[mode]} />
          {!isNew && <Warning preview={opened.preview} mode={mode} />}
        </>
      )}
      {error && !expired && <ErrorBox error={error} />}
      <div className="flex justify-end gap-2">
        <Button
          disabled={task.busy}
          data-testid="restore-back"
          onClick={() => (opened ? setOpened(null) : onCancel())}
        >
          {opened ? 'Back' : 'Cancel'}
        </Button>
        <Button
          key={opened ? 'restore' : 'open'}
          type="submit"
          variant={opened && !isNew && mode === 'replace' ? 'danger-solid' : 'primary'}
          busy={task.busy}
          disabled={task.busy || !file || file.size > BACKUP_BYTES_MAX}
          data-testid={opened ? 'restore-submit' : 'restore-open'}
        >
          {labelOf(opened !== null, isNew, mode)}
        </Button>
      </div>
      <p role="status" className="text-center text-[13px] text-muted empty:hidden">
        {task.busy && (opened ? 'Restoring…' : 'Opening takes about a second.')}
      </p>
    </form>
  );
}

function labelOf(opened: boolean, isNew: boolean, mode: Mode): string {
  if (!opened) return 'Open the backup';
  if (isNew) return 'Restore it here';
  return mode === 'merge' ? 'Merge it' : 'Replace everything';
}

type FilePickerProps = {
  file: File | null;
  disabled: boolean;
  onPick: (file: File) => void;
};

function FilePicker({ file, disabled, onPick }: FilePickerProps) {
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  return (
    // Dropping is the shortcut for the mouse; the button inside does the same by keyboard.
    <div
      data-testid="restore-drop"
      data-over={over}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        const dropped = event.dataTransfer.files[0];
        if (dropped && !disabled) onPick(dropped);
      }}
      className={clsx(
        'flex flex-col items-center gap-3 rounded-xl border-2 border-dashed px-4 py-5 text-center',
        over ? 'border-accent bg-accent-soft' : 'border-line-strong/80 bg-canvas dark:bg-sunken',
      )}
    >
      <FileLock2 className="size-6 text-muted" strokeWidth={1.5} aria-hidden />
      <p className="text-sm break-all text-ink" data-testid="restore-file-name">
        {file ? file.name : 'Drop a backup here, or choose one'}
      </p>
      <input
        ref={input}
        type="file"
        hidden
        aria-label="Backup"
        accept=".a67backup"
        data-testid="restore-file"
        onChange={(event) => {
          const chosen = event.target.files?.[0];
          event.target.value = '';
          if (chosen) onPick(chosen);
        }}
      />
      <Button
        size="sm"
        disabled={disabled}
        data-testid="restore-choose"
        onClick={() => input.current?.click()}
      >
        {file ? 'Choose another' : 'Choose a file'}
      </Button>
    </div>
  );
}

function Facts({ preview }: { preview: Preview }) {
  return (
    <p className="text-sm text-ink" data-testid="backup-facts">
      <strong className="font-medium">{preview.name}</strong>, made {formatExact(preview.createdAt)}
      : {plural(preview.apps, 'app')}, {plural(preview.nodes, 'node')}.
    </p>
  );
}

type ModeChoiceProps = { preview: Preview; mode: Mode; onMode: (mode: Mode) => void };

const MODES = [
  {
    mode: 'merge',
    title: 'Merge',
    hint: 'Of every value the one that was changed last stays.',
  },
  { mode: 'replace', title: 'Replace', hint: 'Everything becomes as it was in the backup.' },
] as const satisfies readonly { mode: Mode; title: string; hint: string }[];

function ModeChoice({ preview, mode, onMode }: ModeChoiceProps) {
  const name = useId();
  return (
    <fieldset className="grid gap-2 sm:grid-cols-2">
      <legend className="sr-only">How to restore it</legend>
      {MODES.map((one) => (
        <label
          key={one.mode}
          htmlFor={`${name}-${one.mode}`}
          className={clsx(
            'grid grid-cols-[auto_1fr] items-start gap-x-2.5 rounded-lg border p-3 text-sm',
            mode === one.mode ? 'border-accent bg-accent-soft' : 'border-line',
          )}
        >
          <input
            id={`${name}-${one.mode}`}
            type="radio"
            name={name}
            checked={mode === one.mode}
            data-testid={`restore-${one.mode}`}
            onChange={() => onMode(one.mode)}
            className="mt-0.5 size-4 accent-accent"
          />
          <span className="font-medium text-ink">{one.title}</span>
          <span className="col-start-2 text-[13px] text-muted">{one.hint}</span>
          <span className="col-start-2 text-[13px] text-muted">{summaryOf(preview[one.mode])}</span>
        </label>
      ))}
    </fieldset>
  );
}

function summaryOf({ counts }: BackupDiff): string {
  return `${counts.added} added, ${counts.changed} changed, ${counts.removed} removed`;
}

function Warning({ preview, mode }: { preview: Preview; mode: Mode }) {
  if (mode === 'replace') {
    return (
      <Notice tone="bad">
        {preview.sameController
          ? 'What was changed since the backup is undone.'
          : 'The backup is of another controller: nodes claimed here no longer obey, and must be claimed again.'}{' '}
        How this workspace is unlocked stays as it is.
      </Notice>
    );
  }
  if (preview.sameController) return null;
  return (
    <Notice tone="warn">
      The backup is of another controller. Its nodes do not obey this one, so{' '}
      {plural(preview.merge.counts.leftOut, 'thing')} of it{' '}
      {preview.merge.counts.leftOut === 1 ? 'is' : 'are'} left out.
    </Notice>
  );
}
