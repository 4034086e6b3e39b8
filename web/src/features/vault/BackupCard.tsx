import type { VaultView } from '@automator67/worker';
import { useState } from 'react';
import { useCommand } from '../../engine/use-command';
import { Button } from '../../ui/Button';
import { Card, CardHeader } from '../../ui/Card';
import { Dialog } from '../../ui/Dialog';
import { ErrorBox } from '../../ui/ErrorBox';
import { formatBytes, plural } from '../../ui/format';
import { showToast } from '../../ui/toast-store';
import { bytesOf, saveFile } from './backup-file';
import { RestoreBackup } from './RestoreBackup';

export function BackupCard({ vault }: { vault: VaultView }) {
  const backUp = useCommand('vault.back_up');
  const [restoring, setRestoring] = useState(false);

  async function download(): Promise<void> {
    const made = await backUp.run({});
    if (!made) return;
    saveFile(made.name, bytesOf(made.file));
    showToast({
      title: 'The backup is in your downloads.',
      detail: `${plural(made.entities, 'entry', 'entries')}, ${formatBytes(made.bytes)}, encrypted.`,
    });
  }

  return (
    <Card aria-labelledby="backup">
      <CardHeader
        id="backup"
        title="Backup"
        hint="Everything in this workspace as one encrypted file."
        actions={
          <>
            <Button size="sm" data-testid="restore" onClick={() => setRestoring(true)}>
              Restore from a backup
            </Button>
            <Button
              size="sm"
              busy={backUp.busy}
              data-testid="back-up"
              onClick={() => void download()}
            >
              Download a backup
            </Button>
          </>
        }
      />
      <div className="space-y-3 px-4 py-3 text-[13px] text-muted sm:px-5">
        <p>
          It opens with the passphrase and recovery kit of today, also after they were changed here.
          Uploaded archives of apps are not in it.
        </p>
        {backUp.error && <ErrorBox error={backUp.error} />}
      </div>
      <Dialog
        open={restoring}
        onOpenChange={setRestoring}
        title="Restore from a backup"
        description="Nothing changes before you have seen what would."
        testId="restore-dialog"
      >
        {restoring && (
          <RestoreBackup
            methods={vault.methods}
            onCancel={() => setRestoring(false)}
            onDone={(mode) => {
              setRestoring(false);
              showToast({
                title:
                  mode === 'merge'
                    ? 'The backup was merged.'
                    : 'Everything is as it was in the backup.',
              });
            }}
          />
        )}
      </Dialog>
    </Card>
  );
}
