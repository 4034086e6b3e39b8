import { useRef, useState } from 'react';
import { useClient, useSend } from '../../engine/hooks';
import { Button } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';
import { ErrorBox } from '../../ui/ErrorBox';
import { showToast } from '../../ui/toast-store';
import { NewPassphrase, type NewPassphraseHandle } from './NewPassphrase';
import { offer, takeSecret } from './secret-bytes';
import { SecretField } from './SecretField';
import { useTask } from './use-task';
import { isWrongSecret } from './vault-errors';

type ChangePassphraseProps = {
  open: boolean;
  workspace: string;
  onOpenChange: (open: boolean) => void;
};

export function ChangePassphrase({ open, workspace, onOpenChange }: ChangePassphraseProps) {
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title="Change the passphrase"
      description="The recovery kit and passkeys stay as they are."
      size="sm"
      testId="change-passphrase-dialog"
    >
      {open && <Form workspace={workspace} onDone={() => onOpenChange(false)} />}
    </Dialog>
  );
}

function Form({ workspace, onDone }: { workspace: string; onDone: () => void }) {
  const client = useClient();
  const send = useSend();
  const task = useTask();
  const current = useRef<HTMLInputElement>(null);
  const next = useRef<NewPassphraseHandle>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [shown, setShown] = useState(false);

  async function change(): Promise<void> {
    const input = current.current;
    const fresh = await next.current?.take();
    if (!fresh || !input) return;
    const former = takeSecret(input);
    setShown(false);
    const connected = await client();
    await send('vault.change_passphrase', {
      current: await offer(connected, 'passphrase', former),
      passphrase: await offer(connected, 'passphrase', fresh),
      argon2: await connected.calibrate(),
    });
    showToast({ title: 'The passphrase was changed.' });
    onDone();
  }

  async function submit(): Promise<void> {
    if (task.busy) return;
    if (!current.current?.value) {
      setProblem('Type your current passphrase.');
      current.current?.focus();
      return;
    }
    const failure = await task.run(change);
    if (!failure || !isWrongSecret(failure)) return;
    task.clear();
    setProblem('This is not your current passphrase. Type all of them again.');
    current.current?.focus();
  }

  return (
    <form
      noValidate
      className="space-y-4"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <input type="text" hidden readOnly autoComplete="username" value={workspace} />
      <SecretField
        label="Current passphrase"
        input={current}
        autoComplete="current-password"
        testId="current-passphrase"
        takesFocus
        shown={shown}
        onShownChange={setShown}
        error={problem}
        onInput={() => setProblem(null)}
      />
      <NewPassphrase handle={next} label="New passphrase" known={[workspace]} />
      {task.error && <ErrorBox error={task.error} />}
      <div className="flex justify-end gap-2">
        <Button onClick={onDone}>Cancel</Button>
        <Button
          type="submit"
          variant="primary"
          busy={task.busy}
          data-testid="change-passphrase-submit"
        >
          Change
        </Button>
      </div>
    </form>
  );
}
