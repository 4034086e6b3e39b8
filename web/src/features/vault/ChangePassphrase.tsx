import { useRef, useState } from 'react';
import { useClient, useSend } from '../../engine/hooks';
import { DialogForm, FormDialog } from '../../ui/FormDialog';
import { showToast } from '../../ui/toast-store';
import { NewPassphrase, type NewPassphraseHandle } from './NewPassphrase';
import { offer, takeSecret } from './secret-bytes';
import { SecretField } from '../../ui/SecretField';
import { useTask } from './use-task';
import { isWrongSecret } from './vault-errors';

type ChangePassphraseProps = {
  open: boolean;
  workspace: string;
  onOpenChange: (open: boolean) => void;
};

export function ChangePassphrase({ open, workspace, onOpenChange }: ChangePassphraseProps) {
  return (
    <FormDialog
      open={open}
      onOpenChange={onOpenChange}
      title="Change the passphrase"
      description="The recovery kit and passkeys stay as they are."
      testId="change-passphrase-dialog"
    >
      {(close) => <Form workspace={workspace} onDone={close} />}
    </FormDialog>
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
    <DialogForm
      submitLabel="Change"
      submitTestId="change-passphrase-submit"
      busy={task.busy}
      error={task.error}
      onSubmit={() => void submit()}
      onCancel={onDone}
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
    </DialogForm>
  );
}
