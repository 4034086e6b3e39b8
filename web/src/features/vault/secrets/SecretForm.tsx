import type { Commands, SecretView } from '@automator67/worker';
import { useId, useRef, useState } from 'react';
import { useSend } from '../../../engine/hooks';
import { describedBy, Field } from '../../../ui/Field';
import { DialogForm, FormDialog } from '../../../ui/FormDialog';
import { TextInput } from '../../../ui/TextInput';
import { showToast } from '../../../ui/toast-store';
import { newestChange, undoFromToast } from '../../../history/undo';
import { useTask } from '../use-task';
import {
  dayOf,
  NAME_CHARACTERS_MAX,
  NOTE_CHARACTERS_MAX,
  rotateDaysProblem,
  secretNameProblem,
  startOfDay,
} from './secret-facts';
import { ValueField, type ValueHandle } from './ValueField';

type SecretDialogProps = {
  /** null: a new one. */
  secret: SecretView | null;
  taken: readonly string[];
  open: boolean;
  onOpenChange: (open: boolean) => void;
};

export function SecretDialog({ secret, taken, open, onOpenChange }: SecretDialogProps) {
  return (
    <FormDialog
      open={open}
      onOpenChange={onOpenChange}
      title={secret ? `Edit ${secret.name}` : 'Add a secret'}
      description={
        secret
          ? 'A new value takes the old one’s place; the change can be taken back.'
          : 'It is sealed under the vault’s key and shown only when you ask for it.'
      }
      testId="secret-dialog"
    >
      {(close) => <Form secret={secret} taken={taken} onDone={close} />}
    </FormDialog>
  );
}

type FormProps = Pick<SecretDialogProps, 'secret' | 'taken'> & { onDone: () => void };
type Problems = { name?: string | null; value?: string | null; days?: string | null };

function Form({ secret, taken, onDone }: FormProps) {
  const id = useId();
  const send = useSend();
  const task = useTask();
  const value = useRef<ValueHandle>(null);
  const [name, setName] = useState(secret?.name ?? '');
  const [note, setNote] = useState(secret?.note ?? '');
  const [day, setDay] = useState(dayOf(secret?.expiresAt));
  const [days, setDays] = useState(String(secret?.rotateDays ?? ''));
  const [problems, setProblems] = useState<Problems>({});

  function isReady(): boolean {
    const found: Problems = {
      name: secret ? null : secretNameProblem(name, taken),
      value: !secret && value.current?.isEmpty() ? 'Type or paste the secret.' : null,
      days: rotateDaysProblem(days),
    };
    setProblems(found);
    if (found.name) document.getElementById(`${id}-name`)?.focus();
    else if (found.value) value.current?.focus();
    else if (found.days) document.getElementById(`${id}-days`)?.focus();
    return !found.name && !found.value && !found.days;
  }

  /** What is left out stays as it is. */
  function changes(): Commands['secret.set']['req'] {
    const body: Commands['secret.set']['req'] = { name };
    if (note !== (secret?.note ?? '')) body.note = note;
    if (day !== dayOf(secret?.expiresAt)) body.expiresAt = startOfDay(day);
    if (days !== String(secret?.rotateDays ?? '')) body.rotateDays = Number(days);
    return body;
  }

  async function save(): Promise<void> {
    const body = changes();
    const text = value.current?.take() ?? '';
    if (text !== '') body.value = text;
    if (secret && Object.keys(body).length === 1) return onDone();
    await send('secret.set', body);
    onDone();
    if (!secret) return void showToast({ title: `${name} is kept.` });
    const entity = `secret/${name}`;
    const made = await newestChange(send, entity);
    showToast({
      title: text === '' ? `${name} was changed.` : `${name} has a new value.`,
      ...(made?.undoable && {
        undo: () => void undoFromToast(send, entity, made.change, `${name} is as it was.`),
      }),
    });
  }

  return (
    <DialogForm
      submitLabel={secret ? 'Save' : 'Add'}
      submitTestId="secret-save"
      busy={task.busy}
      error={task.error}
      onSubmit={() => {
        if (isReady()) void task.run(save);
      }}
      onCancel={onDone}
    >
      {!secret && (
        <Field
          label="Name"
          htmlFor={`${id}-name`}
          hint="What you look for it by, e.g. render-token."
          error={problems.name}
        >
          <TextInput
            id={`${id}-name`}
            value={name}
            maxLength={NAME_CHARACTERS_MAX}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            data-testid="secret-name"
            aria-invalid={Boolean(problems.name)}
            aria-describedby={describedBy(`${id}-name`)}
            onChange={(event) => {
              setProblems({});
              setName(event.target.value);
            }}
          />
        </Field>
      )}
      <ValueField
        handle={value}
        hint={secret ? 'Leave it empty to keep the value there is.' : undefined}
        error={problems.value ?? null}
        onInput={() => setProblems({})}
      />
      <Field label="Note" optional htmlFor={`${id}-note`} hint="What it is for.">
        <TextInput
          id={`${id}-note`}
          value={note}
          maxLength={NOTE_CHARACTERS_MAX}
          autoComplete="off"
          data-testid="secret-note"
          aria-describedby={describedBy(`${id}-note`)}
          onChange={(event) => setNote(event.target.value)}
        />
      </Field>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label="Expires on" optional htmlFor={`${id}-day`} hint="When its issuer ends it.">
          <TextInput
            id={`${id}-day`}
            type="date"
            value={day}
            data-testid="secret-expires"
            aria-describedby={describedBy(`${id}-day`)}
            onChange={(event) => setDay(event.target.value)}
          />
        </Field>
        <Field
          label="Replace after, days"
          optional
          htmlFor={`${id}-days`}
          hint="A reminder; empty: none."
          error={problems.days}
        >
          <TextInput
            id={`${id}-days`}
            inputMode="numeric"
            value={days}
            data-testid="secret-days"
            aria-invalid={Boolean(problems.days)}
            aria-describedby={describedBy(`${id}-days`)}
            onChange={(event) => {
              setProblems({});
              setDays(event.target.value.replace(/\D/g, '').slice(0, 5));
            }}
          />
        </Field>
      </div>
    </DialogForm>
  );
}
