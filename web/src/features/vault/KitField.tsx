import { useEffect, useId, type RefObject } from 'react';
import { describedBy, Field } from '../../ui/Field';
import { TextArea } from '../../ui/TextInput';

type KitFieldProps = {
  input: RefObject<HTMLTextAreaElement | null>;
  error?: string | null;
  disabled?: boolean;
  takesFocus?: boolean;
  onInput?: () => void;
};

/** The nine words of a kit, however they are written. Uncontrolled, like every secret's input. */
export function KitField({ input, error, disabled, takesFocus = false, onInput }: KitFieldProps) {
  const id = useId();
  useEffect(() => {
    if (takesFocus) input.current?.focus();
  }, [input, takesFocus]);
  return (
    <Field
      label="Recovery words"
      htmlFor={id}
      error={error}
      hint="Nine words of five letters. Capitals, spaces and dashes do not matter."
    >
      <TextArea
        id={id}
        ref={input}
        rows={3}
        autoComplete="off"
        autoCapitalize="none"
        autoCorrect="off"
        spellCheck={false}
        disabled={disabled}
        data-testid="unlock-kit"
        placeholder="lusab-babad-gutih-…"
        aria-invalid={Boolean(error)}
        aria-describedby={describedBy(id)}
        className="resize-none text-base sm:text-sm"
        onInput={onInput}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || event.shiftKey) return;
          event.preventDefault();
          event.currentTarget.form?.requestSubmit();
        }}
      />
    </Field>
  );
}
