import { useId, useState } from 'react';
import { useCommand } from '../../engine/use-command';
import { useOnline } from '../../engine/waiting';
import { Button } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';
import { ErrorBox } from '../../ui/ErrorBox';
import { describedBy, Field } from '../../ui/Field';
import { Notice } from '../../ui/Notice';
import { showToast } from '../../ui/toast-store';
import { TextInput } from '../../ui/TextInput';
import { codeProblem, urlProblem } from './claim-input';

const NEW_USE = {
  worker: 'It can run replicas now.',
  gateway: 'It answers for your apps now.',
  server: 'It forwards to providers for you now.',
};

type ClaimFormProps = { open: boolean; onOpenChange: (open: boolean) => void };

export function ClaimForm({ open, onOpenChange }: ClaimFormProps) {
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title="Claim a node"
      description="Start automator67-node on a machine; it prints its control URL and a one-time code."
      size="sm"
    >
      {open && <Form onDone={() => onOpenChange(false)} />}
    </Dialog>
  );
}

function Form({ onDone }: { onDone: () => void }) {
  const urlId = useId();
  const codeId = useId();
  const [url, setUrl] = useState('');
  const [code, setCode] = useState('');
  const [checked, setChecked] = useState(false);
  const claim = useCommand('node.claim');
  const online = useOnline();
  const field = claim.error?.field;
  const urlError = (checked && urlProblem(url)) || (field === 'url' ? claim.error?.message : null);
  const codeError =
    (checked && codeProblem(code)) || (field === 'code' ? claim.error?.message : null);

  async function submit(): Promise<void> {
    setChecked(true);
    if (urlProblem(url) || codeProblem(code)) return;
    const answer = await claim.run({ url: url.trim(), code: code.trim().toUpperCase() });
    if (!answer) return;
    showToast({ title: `${answer.node.name} is yours.`, detail: NEW_USE[answer.node.role] });
    onDone();
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
      <Field label="Control URL" htmlFor={urlId} error={urlError || null}>
        <TextInput
          id={urlId}
          data-testid="claim-url"
          inputMode="url"
          autoComplete="off"
          spellCheck={false}
          placeholder="http://127.0.0.1:4601"
          value={url}
          aria-invalid={Boolean(urlError)}
          aria-describedby={describedBy(urlId)}
          onChange={(event) => setUrl(event.target.value)}
        />
      </Field>
      <Field
        label="Claim code"
        htmlFor={codeId}
        error={codeError || null}
        hint="Printed by the node at its start; also in its claim-code file."
      >
        <TextInput
          id={codeId}
          data-testid="claim-code"
          autoComplete="off"
          spellCheck={false}
          placeholder="XXXX-XXXX-XXXX"
          className="font-mono uppercase"
          value={code}
          aria-invalid={Boolean(codeError)}
          aria-describedby={describedBy(codeId)}
          onChange={(event) => setCode(event.target.value)}
        />
      </Field>
      {claim.error && !(field === 'url' || field === 'code') && <ErrorBox error={claim.error} />}
      {!online && <NeedsNetwork />}
      <div className="flex justify-end gap-2">
        <Button onClick={onDone}>Cancel</Button>
        <Button
          type="submit"
          variant="primary"
          busy={claim.busy}
          disabled={claim.busy || !online}
          data-testid="claim-submit"
        >
          Claim node
        </Button>
      </div>
    </form>
  );
}

/** The one thing here that cannot wait: a claim code is good for a short time, and the node must answer. */
export function NeedsNetwork() {
  return (
    <Notice tone="warn">
      Claiming asks the node itself, so it needs the network. Come back when this device is online.
    </Notice>
  );
}
