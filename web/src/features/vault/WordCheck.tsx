// Two words of the kit, typed back: proof that it was kept somewhere.
import { useEffect, useId, useImperativeHandle, useRef, useState, type Ref } from 'react';
import { describedBy, Field } from '../../ui/Field';
import { TextInput } from '../../ui/TextInput';
import { chance, sameWord, twoPlaces } from './kit-words';

export type WordCheckHandle = {
  /** True when both are right; else the person is told which is not. */
  check: () => boolean;
};

type WordCheckProps = {
  handle: Ref<WordCheckHandle>;
  words: readonly string[];
  takesFocus?: boolean;
};

export function WordCheck({ handle, words, takesFocus = false }: WordCheckProps) {
  const id = useId();
  const [places] = useState(() => twoPlaces(words.length, chance));
  const [wrong, setWrong] = useState<readonly number[]>([]);
  const inputs = useRef(new Map<number, HTMLInputElement>());
  useEffect(() => {
    if (takesFocus) inputs.current.get(places[0])?.focus();
  }, [places, takesFocus]);

  useImperativeHandle(handle, () => ({
    check() {
      const found = places.filter(
        (place) => !sameWord(inputs.current.get(place)?.value ?? '', words[place] ?? ''),
      );
      setWrong(found);
      const [first] = found;
      if (first === undefined) return true;
      inputs.current.get(first)?.focus();
      return false;
    },
  }));

  return (
    <div className="grid gap-4 sm:grid-cols-2">
      {places.map((place) => (
        <Field
          key={place}
          label={`Word ${place + 1}`}
          htmlFor={`${id}-${place}`}
          error={wrong.includes(place) ? `This is not word ${place + 1} of the kit.` : null}
        >
          <TextInput
            id={`${id}-${place}`}
            ref={(input) => {
              if (input) inputs.current.set(place, input);
            }}
            autoComplete="off"
            autoCapitalize="none"
            autoCorrect="off"
            spellCheck={false}
            data-testid="kit-check"
            data-word={place + 1}
            aria-invalid={wrong.includes(place)}
            aria-describedby={describedBy(`${id}-${place}`)}
            className="font-mono"
            onInput={() => setWrong((all) => all.filter((one) => one !== place))}
          />
        </Field>
      ))}
    </div>
  );
}
