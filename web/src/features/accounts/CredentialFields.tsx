// A provider's fields. Secret ones live in their inputs and nowhere else: they are read once, when the form is
// sent, and the inputs are emptied with it.
import type { ProviderField } from '@automator67/worker';
import {
  createRef,
  useId,
  useImperativeHandle,
  useMemo,
  useState,
  type Ref,
  type RefObject,
} from 'react';
import { describedBy, Field } from '../../ui/Field';
import { SecretField } from '../../ui/SecretField';
import { TextInput } from '../../ui/TextInput';

export type Values = Readonly<Record<string, string>>;
export type FieldErrors = Readonly<Record<string, string>>;

export type CredentialHandle = {
  /** Names of required fields that are empty. */
  missing: () => string[];
  /** What was typed, without what was left empty; the secret fields are empty afterwards. */
  take: () => Record<string, string>;
  focus: (name: string) => void;
};

type CredentialFieldsProps = {
  fields: readonly ProviderField[];
  /** Of the fields that are no secret. */
  values: Values;
  errors: FieldErrors;
  handle: Ref<CredentialHandle>;
  onValue: (name: string, value: string) => void;
  onInput: () => void;
};

type Input = RefObject<HTMLInputElement | null>;

export function CredentialFields(props: CredentialFieldsProps) {
  const { fields, values, errors, handle, onValue, onInput } = props;
  const inputs = useMemo(
    () => new Map<string, Input>(fields.map(({ name }) => [name, createRef<HTMLInputElement>()])),
    [fields],
  );
  // Counts how often they were taken: a secret that is typed anew is not shown until asked for.
  const [taken, setTaken] = useState(0);

  useImperativeHandle(handle, () => {
    const typed = (name: string) => inputs.get(name)?.current?.value.trim() ?? '';
    return {
      missing: () =>
        fields.filter(({ name, required }) => required && typed(name) === '').map((f) => f.name),
      take() {
        const filled = fields.filter(({ name }) => typed(name) !== '');
        const all = Object.fromEntries(filled.map(({ name }) => [name, typed(name)]));
        for (const { name, secret } of fields) {
          const input = inputs.get(name)?.current;
          if (secret && input) input.value = '';
        }
        setTaken((count) => count + 1);
        return all;
      },
      focus: (name) => inputs.get(name)?.current?.focus(),
    };
  }, [fields, inputs]);

  return (
    <>
      {fields.map((field) => {
        const input = inputs.get(field.name);
        if (!input) return null;
        const one = { field, input, error: errors[field.name] ?? null, onInput };
        return field.secret ? (
          <SecretInput key={`${field.name}-${taken}`} {...one} />
        ) : (
          <PlainInput
            key={field.name}
            {...one}
            value={values[field.name] ?? ''}
            onValue={(value) => onValue(field.name, value)}
          />
        );
      })}
    </>
  );
}

type OneProps = { field: ProviderField; input: Input; error: string | null; onInput: () => void };

function SecretInput({ field, input, error, onInput }: OneProps) {
  const [shown, setShown] = useState(false);
  return (
    <SecretField
      label={field.label}
      input={input}
      autoComplete="off"
      testId={`field-${field.name}`}
      hint={field.hint}
      error={error}
      optional={!field.required}
      shown={shown}
      onShownChange={setShown}
      onInput={onInput}
    />
  );
}

type PlainInputProps = OneProps & { value: string; onValue: (value: string) => void };

function PlainInput({ field, input, error, onInput, value, onValue }: PlainInputProps) {
  const id = useId();
  return (
    <Field
      label={field.label}
      htmlFor={id}
      hint={field.hint}
      error={error}
      optional={!field.required}
    >
      <TextInput
        id={id}
        ref={input}
        value={value}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        data-testid={`field-${field.name}`}
        aria-invalid={Boolean(error)}
        aria-describedby={describedBy(id)}
        onChange={(event) => {
          onInput();
          onValue(event.target.value);
        }}
      />
    </Field>
  );
}
