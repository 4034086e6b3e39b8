import type { UnlockMethod } from '@automator67/worker';
import { useId, useRef, useState } from 'react';
import { useClient, useSend } from '../../engine/hooks';
import { describedBy, Field } from '../../ui/Field';
import { DialogForm, FormDialog } from '../../ui/FormDialog';
import { TextInput } from '../../ui/TextInput';
import { showToast } from '../../ui/toast-store';
import { base64url, newSalt } from './passkey';
import { Proof, type ProofHandle } from './Proof';
import { offer } from './secret-bytes';
import { useTask } from './use-task';
import { asProofError } from './vault-errors';

type AddPasskeyProps = {
  open: boolean;
  methods: readonly UnlockMethod[];
  onOpenChange: (open: boolean) => void;
};

const LABEL_CHARACTERS_MAX = 60;

export function AddPasskey({ open, methods, onOpenChange }: AddPasskeyProps) {
  return (
    <FormDialog
      open={open}
      onOpenChange={onOpenChange}
      title="Add a passkey"
      description="Unlock with a fingerprint, a face or a security key instead of typing."
      testId="add-passkey-dialog"
    >
      {(close) => <Form methods={methods} onDone={close} />}
    </FormDialog>
  );
}

function Form({ methods, onDone }: { methods: readonly UnlockMethod[]; onDone: () => void }) {
  const id = useId();
  const client = useClient();
  const send = useSend();
  const task = useTask();
  const proof = useRef<ProofHandle>(null);
  const [label, setLabel] = useState('This device');

  async function add(): Promise<void> {
    const connected = await client();
    const known = await proof.current?.take(connected);
    if (!known) return;
    const salt = newSalt();
    const { credential, secret } = await connected.passkeys.create(label.trim(), salt);
    await send('vault.add_method', {
      kind: 'passkey',
      label: label.trim(),
      secret: await offer(connected, 'passkey', secret),
      salt: base64url(salt),
      credential,
      ...known,
    });
    showToast({ title: `“${label.trim()}” opens the workspace now.` });
    onDone();
  }

  return (
    <DialogForm
      submitLabel="Make the passkey"
      submitTestId="add-passkey-submit"
      busy={task.busy}
      disabled={label.trim() === ''}
      error={
        task.error &&
        asProofError(
          task.error,
          'Try again. The passkey that was just made opens nothing; you may remove it from your device.',
        )
      }
      onSubmit={() => {
        if (proof.current?.ready()) void task.run(add);
      }}
      onCancel={onDone}
    >
      <Field
        label="Name of the passkey"
        htmlFor={id}
        hint="So that you can tell it from others, e.g. “Laptop” or “Blue key”."
      >
        <TextInput
          id={id}
          value={label}
          maxLength={LABEL_CHARACTERS_MAX}
          autoComplete="off"
          data-testid="passkey-label"
          aria-describedby={describedBy(id)}
          onChange={(event) => setLabel(event.target.value)}
        />
      </Field>
      <Proof handle={proof} methods={methods} takesFocus />
    </DialogForm>
  );
}
