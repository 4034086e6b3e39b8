// The strength of what is being typed. State holds the estimate only, never the text.
import { useCallback, useEffect, useRef, useState } from 'react';
import type { Strength } from './strength';
import { createStrengthRater, type StrengthRater } from './strength-rater';

const PAUSE_MS = 150;
/** How long a person who presses the button is kept waiting for an estimate. */
const SETTLE_MS = 3000;

export type StrengthState = 'empty' | 'rating' | 'rated' | 'unrated';

export type StrengthWatch = {
  strength: Strength | null;
  /** `rating`: the first estimate is on its way; `unrated`: it cannot be had. */
  state: StrengthState;
  /** Call at every change of the input. */
  watch: (text: string, known: string[]) => void;
  /** The estimate of `text`, or null when it cannot be had in time. */
  settle: (text: string, known: string[]) => Promise<Strength | null>;
  clear: () => void;
};

export function useStrength(): StrengthWatch {
  const [strength, setStrength] = useState<Strength | null>(null);
  const [state, setState] = useState<StrengthState>('empty');
  const rater = useRef<StrengthRater | null>(null);
  const turn = useRef(0);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  const clear = useCallback(() => {
    turn.current += 1;
    clearTimeout(timer.current);
    rater.current?.end();
    rater.current = null;
    setStrength(null);
    setState('empty');
  }, []);
  useEffect(
    () => () => {
      clearTimeout(timer.current);
      rater.current?.end();
    },
    [],
  );

  const watch = useCallback((text: string, known: string[]) => {
    rater.current ??= createStrengthRater();
    const { rate } = rater.current;
    turn.current += 1;
    const mine = turn.current;
    clearTimeout(timer.current);
    if (text === '') {
      setStrength(null);
      setState('empty');
      return;
    }
    setState((former) => (former === 'empty' ? 'rating' : former));
    timer.current = setTimeout(() => {
      void rate(text, known).then((answer) => {
        if (turn.current !== mine) return;
        setStrength(answer);
        setState(answer ? 'rated' : 'unrated');
      });
    }, PAUSE_MS);
  }, []);

  const settle = useCallback(async (text: string, known: string[]) => {
    if (text === '') return null;
    rater.current ??= createStrengthRater();
    clearTimeout(timer.current);
    turn.current += 1;
    const mine = turn.current;
    const late = new Promise<null>((resolve) => setTimeout(() => resolve(null), SETTLE_MS));
    const answer = await Promise.race([rater.current.rate(text, known), late]);
    if (turn.current === mine) {
      setStrength(answer);
      setState(answer ? 'rated' : 'unrated');
    }
    return answer;
  }, []);

  return { strength, state, watch, settle, clear };
}
