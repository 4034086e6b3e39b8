import { Eye, EyeOff } from 'lucide-react';
import {
  useEffect,
  useId,
  useState,
  type KeyboardEvent,
  type ReactNode,
  type RefObject,
} from 'react';
import { describedBy, Field } from './Field';
import { TextInput } from './TextInput';

type SecretFieldProps = {
  label: string;
  /** The input is uncontrolled: what is typed lives in it and nowhere else. */
  input: RefObject<HTMLInputElement | null>;
  autoComplete: 'current-password' | 'new-password' | 'off';
  testId: string;
  /** Right below the input, above the hint. */
  below?: ReactNode;
  hint?: ReactNode;
  error?: string | null;
  optional?: boolean;
  disabled?: boolean;
  takesFocus?: boolean;
  /** Without it the field has no button to show what is typed. */
  onShownChange?: (shown: boolean) => void;
  shown?: boolean;
  onInput?: (text: string) => void;
};

export function SecretField(props: SecretFieldProps) {
  const { label, input, autoComplete, testId, below, hint, error, optional, disabled, onInput } =
    props;
  const { takesFocus = false, shown = false, onShownChange } = props;
  const id = useId();
  const [capsLock, setCapsLock] = useState(false);
  useEffect(() => {
    if (takesFocus) input.current?.focus();
  }, [input, takesFocus]);

  function watchCapsLock(event: KeyboardEvent): void {
    setCapsLock(event.getModifierState('CapsLock'));
  }

  return (
    <Field label={label} htmlFor={id} hint={hint} error={error} optional={optional}>
      <div className="relative">
        <TextInput
          id={id}
          ref={input}
          type={shown ? 'text' : 'password'}
          autoComplete={autoComplete}
          autoCapitalize="none"
          autoCorrect="off"
          spellCheck={false}
          disabled={disabled}
          data-testid={testId}
          aria-invalid={Boolean(error)}
          aria-describedby={`${describedBy(id)} ${id}-caps`}
          className={onShownChange && 'pr-11'}
          onKeyDown={watchCapsLock}
          onKeyUp={watchCapsLock}
          onBlur={() => setCapsLock(false)}
          onInput={(event) => onInput?.(event.currentTarget.value)}
        />
        {onShownChange && (
          <button
            type="button"
            aria-label={`Show ${label.toLowerCase()}`}
            aria-pressed={shown}
            data-testid={`${testId}-show`}
            onClick={() => onShownChange(!shown)}
            className="absolute inset-y-0 right-0 grid w-10 place-items-center rounded-r-lg text-muted -outline-offset-2 hover:text-ink [&_svg]:size-4"
          >
            {shown ? <EyeOff aria-hidden /> : <Eye aria-hidden />}
          </button>
        )}
      </div>
      <p id={`${id}-caps`} role="status" className="text-[13px] text-warn">
        {capsLock && <span className="mt-1.5 block">Caps lock is on.</span>}
      </p>
      {below}
    </Field>
  );
}
