// Choosing a passphrase: how strong it is, and the same twice unless it is shown. No rules about
// what it is made of; pasting is fine.
import { useImperativeHandle, useRef, useState, type Ref } from 'react';
import { SECRET_BYTES_MAX, takeSecret, encodeSecret } from './secret-bytes';
import { SecretField } from '../../ui/SecretField';
import { strengthProblem } from './strength';
import { StrengthMeter } from './StrengthMeter';
import { useStrength } from './use-strength';

export type NewPassphraseHandle = {
  /** Its bytes, and the inputs are empty; or null, and the person is told what is wrong. */
  take: () => Promise<Uint8Array | null>;
};

type NewPassphraseProps = {
  handle: Ref<NewPassphraseHandle>;
  /** Words that anybody would try: the workspace's name. */
  known: string[];
  label?: string;
  takesFocus?: boolean;
};

type Problem = { where: 'first' | 'second'; text: string } | null;

export function NewPassphrase({
  handle,
  known,
  label = 'Passphrase',
  takesFocus,
}: NewPassphraseProps) {
  const first = useRef<HTMLInputElement>(null);
  const second = useRef<HTMLInputElement>(null);
  const [shown, setShown] = useState(false);
  const [problem, setProblem] = useState<Problem>(null);
  const { strength, state, watch, settle, clear } = useStrength();

  useImperativeHandle(handle, () => ({
    async take() {
      const input = first.current;
      if (!input) return null;
      const rated = await settle(input.value, [...known, 'automator67']);
      const weak = tooLong(input.value) ?? strengthProblem(input.value, rated);
      if (weak) {
        setProblem({ where: 'first', text: weak });
        input.focus();
        return null;
      }
      if (second.current && second.current.value !== input.value) {
        setProblem({ where: 'second', text: 'The two are not the same.' });
        second.current.focus();
        return null;
      }
      setProblem(null);
      if (second.current) second.current.value = '';
      const bytes = takeSecret(input);
      clear();
      return bytes;
    },
  }));

  return (
    <div className="space-y-4">
      <SecretField
        label={label}
        input={first}
        autoComplete="new-password"
        testId="new-passphrase"
        takesFocus={takesFocus}
        shown={shown}
        onShownChange={setShown}
        error={problem?.where === 'first' ? problem.text : null}
        below={<StrengthMeter strength={strength} state={state} />}
        hint="Four or five words that have nothing to do with each other are easy to keep in mind and hard to guess."
        onInput={(text) => {
          setProblem(null);
          watch(text, [...known, 'automator67']);
        }}
      />
      {!shown && (
        <SecretField
          label={`${label} again`}
          input={second}
          autoComplete="new-password"
          testId="new-passphrase-again"
          error={problem?.where === 'second' ? problem.text : null}
          onInput={() => setProblem(null)}
        />
      )}
    </div>
  );
}

function tooLong(text: string): string | null {
  return encodeSecret(text).byteLength > SECRET_BYTES_MAX
    ? `At most ${SECRET_BYTES_MAX} bytes; this is longer.`
    : null;
}
