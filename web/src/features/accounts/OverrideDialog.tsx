import type { PolicyValue, ProviderView } from '@automator67/worker';
import { useId, useState } from 'react';
import { useCommand } from '../../engine/use-command';
import { describedBy, Field } from '../../ui/Field';
import { DialogForm, FormDialog } from '../../ui/FormDialog';
import { Select, TextArea, TextInput } from '../../ui/TextInput';
import { showToast } from '../../ui/toast-store';
import { KIND_WORDS, kindOf, parseTyped, typedOf, type ValueKind } from './override-value';
import { wordsOf } from './policy-facts';

const NOTE_CHARACTERS_MAX = 500;

type OverrideDialogProps = {
  provider: string;
  value: PolicyValue;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  onChanged: (provider: ProviderView) => void;
};

export function OverrideDialog(props: OverrideDialogProps) {
  const { provider, value, open, onOpenChange, onChanged } = props;
  return (
    <FormDialog
      open={open}
      onOpenChange={onOpenChange}
      title={value.label}
      description={`The card says ${wordsOf(value.value, value.unit)}. Your value counts instead, until you take it back.`}
      testId="override-dialog"
    >
      {(close) => <Form provider={provider} value={value} onChanged={onChanged} onDone={close} />}
    </FormDialog>
  );
}

type FormProps = Pick<OverrideDialogProps, 'provider' | 'value' | 'onChanged'> & {
  onDone: () => void;
};

function Form({ provider, value, onChanged, onDone }: FormProps) {
  const id = useId();
  const override = useCommand('provider.override');
  const known = kindOf(value);
  const [kind, setKind] = useState<ValueKind>(known ?? 'number');
  const [text, setText] = useState(typedOf(value) || (kind === 'yes-no' ? 'no' : ''));
  const [note, setNote] = useState(value.overrideNote ?? '');
  const [problem, setProblem] = useState<string | null>(null);
  const refused = override.error?.field === 'value' ? override.error.message : null;

  async function save(): Promise<void> {
    const parsed = parseTyped(text, kind);
    setProblem(parsed.problem);
    if (parsed.problem !== null) return document.getElementById(`${id}-value`)?.focus();
    const answer = await override.run({
      provider,
      key: value.key,
      value: parsed.value,
      ...(note.trim() !== '' && { note: note.trim() }),
    });
    if (!answer) return;
    onChanged(answer.provider);
    onDone();
    showToast({ title: `${value.label}: your value counts now.` });
  }

  const control = {
    id: `${id}-value`,
    value: text,
    'data-testid': 'override-value',
    'aria-invalid': Boolean(problem ?? refused),
    'aria-describedby': describedBy(`${id}-value`),
  };
  return (
    <DialogForm
      submitLabel="Use my value"
      submitTestId="override-save"
      busy={override.busy}
      error={refused ? null : override.error}
      onSubmit={() => void save()}
      onCancel={onDone}
    >
      {known === null && (
        <Field label="What it is" htmlFor={`${id}-kind`}>
          <Select
            id={`${id}-kind`}
            value={kind}
            data-testid="override-kind"
            onChange={(event) => {
              const next = event.target.value as ValueKind;
              setKind(next);
              setText(next === 'yes-no' ? 'no' : '');
            }}
          >
            {Object.entries(KIND_WORDS).map(([one, label]) => (
              <option key={one} value={one}>
                {label}
              </option>
            ))}
          </Select>
        </Field>
      )}
      <Field
        label={value.unit ? `Your value, in ${value.unit}` : 'Your value'}
        htmlFor={`${id}-value`}
        hint={kind === 'list' ? 'One a line.' : undefined}
        error={problem ?? refused}
      >
        {kind === 'yes-no' ? (
          <Select {...control} onChange={(event) => setText(event.target.value)}>
            <option value="yes">Yes</option>
            <option value="no">No</option>
          </Select>
        ) : kind === 'list' ? (
          <TextArea {...control} onChange={(event) => setText(event.target.value)} />
        ) : (
          <TextInput
            {...control}
            inputMode={kind === 'number' ? 'decimal' : undefined}
            autoComplete="off"
            onChange={(event) => {
              setProblem(null);
              setText(event.target.value);
            }}
          />
        )}
      </Field>
      <Field label="Note" optional htmlFor={`${id}-note`} hint="How you know.">
        <TextInput
          id={`${id}-note`}
          value={note}
          maxLength={NOTE_CHARACTERS_MAX}
          autoComplete="off"
          data-testid="override-note"
          aria-describedby={describedBy(`${id}-note`)}
          onChange={(event) => setNote(event.target.value)}
        />
      </Field>
    </DialogForm>
  );
}
