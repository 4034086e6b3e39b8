// The value of a secret while it is typed: in the input and nowhere else. A key of several lines is pasted as it is;
// an input of one line would join them and spoil it, so the field grows to a text area by itself.
import {
  useEffect,
  useId,
  useImperativeHandle,
  useRef,
  useState,
  type ClipboardEvent,
  type Ref,
} from 'react';
import { Button } from '../../../ui/Button';
import { describedBy, Field } from '../../../ui/Field';
import { TextArea } from '../../../ui/TextInput';
import { SecretField } from '../../../ui/SecretField';

export type ValueHandle = {
  /** What was typed; the field is empty afterwards. */
  take: () => string;
  isEmpty: () => boolean;
  focus: () => void;
};

type ValueFieldProps = {
  handle: Ref<ValueHandle>;
  hint?: string;
  error: string | null;
  onInput: () => void;
};

export function ValueField({ handle, hint, error, onInput }: ValueFieldProps) {
  const id = useId();
  const line = useRef<HTMLInputElement>(null);
  const area = useRef<HTMLTextAreaElement>(null);
  const pasted = useRef('');
  const [lines, setLines] = useState(false);
  const [shown, setShown] = useState(false);
  const field = () => area.current ?? line.current;

  useImperativeHandle(handle, () => ({
    take() {
      const input = field();
      const text = input?.value ?? '';
      if (input) input.value = '';
      setShown(false);
      return text;
    },
    isEmpty: () => !field()?.value,
    focus: () => field()?.focus(),
  }));

  // What was typed or pasted so far goes along to the other kind of field.
  useEffect(() => {
    const input = field();
    if (!input || pasted.current === '') return;
    input.value = pasted.current;
    pasted.current = '';
    input.focus();
  }, [lines]);

  function turnTo(several: boolean, text: string): void {
    pasted.current = text;
    setLines(several);
  }

  function onPaste(event: ClipboardEvent): void {
    const text = event.clipboardData.getData('text');
    if (lines || !/[\r\n]/.test(text.trim())) return;
    event.preventDefault();
    turnTo(true, text);
  }

  return (
    <div onPaste={onPaste}>
      {lines ? (
        <Field label="Value" htmlFor={id} hint={hint} error={error}>
          <TextArea
            id={id}
            ref={area}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            data-testid="secret-value-lines"
            aria-invalid={Boolean(error)}
            aria-describedby={describedBy(id)}
            className={shown ? undefined : '[-webkit-text-security:disc]'}
            onInput={onInput}
          />
        </Field>
      ) : (
        <SecretField
          label="Value"
          input={line}
          autoComplete="new-password"
          testId="secret-value"
          hint={hint}
          error={error}
          shown={shown}
          onShownChange={setShown}
          onInput={onInput}
        />
      )}
      <div className="mt-1 -ml-2.5 flex">
        <Button
          variant="ghost"
          size="sm"
          data-testid="secret-lines"
          onClick={() => turnTo(!lines, field()?.value ?? '')}
        >
          {lines ? 'One line' : 'Several lines'}
        </Button>
        {lines && (
          <Button variant="ghost" size="sm" aria-pressed={shown} onClick={() => setShown(!shown)}>
            {shown ? 'Hide' : 'Show'}
          </Button>
        )}
      </div>
    </div>
  );
}
