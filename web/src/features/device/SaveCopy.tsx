// A copy of what lies in this browser, for when no engine can open it. All of it is sealed; keys stay here.
import { copyOfRows, type ErrorView } from '@automator67/worker';
import { Download } from 'lucide-react';
import { useState } from 'react';
import { toErrorView } from '../../engine/errors';
import { Button } from '../../ui/Button';
import { ErrorBox } from '../../ui/ErrorBox';

/** A browser reads the file at its own time; after this it surely has. */
const KEPT_MS = 60_000;

export function SaveCopy() {
  const [busy, setBusy] = useState(false);
  const [saved, setSaved] = useState(false);
  const [error, setError] = useState<ErrorView | null>(null);

  async function save(): Promise<void> {
    setBusy(true);
    setError(null);
    try {
      const url = URL.createObjectURL(await copyOfRows());
      const link = document.createElement('a');
      link.href = url;
      link.download = `automator67-copy-${new Date().toISOString().slice(0, 10)}.jsonl`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(url), KEPT_MS);
      setSaved(true);
    } catch (failure) {
      setError(toErrorView(failure));
    } finally {
      setBusy(false);
    }
  }

  return (
    <div className="space-y-2">
      <Button busy={busy} disabled={busy} data-testid="save-copy" onClick={() => void save()}>
        <Download aria-hidden />
        Save a copy of the data
      </Button>
      <p role="status" className="text-[13px] text-muted empty:hidden">
        {saved && 'Saved. It is sealed: only your passphrase or recovery kit opens it.'}
      </p>
      {error && <ErrorBox error={error} />}
    </div>
  );
}
