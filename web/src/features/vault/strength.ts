// How hard a passphrase is to guess, as a person is told. The arithmetic is in strength-worker.ts.
export type Strength = {
  /** 0: guessed at once, 4: out of reach. */
  score: 0 | 1 | 2 | 3 | 4;
  /** How long guessing takes somebody who has the encrypted data, e.g. "4 months". */
  time: string;
  /** What is wrong with it, or an empty text. */
  advice: string;
};

export type StrengthQuestion = { id: number; text: string; known: string[] };
export type StrengthAnswer = { id: number; strength: Strength };

/** Below it, whoever copies the encrypted data guesses the passphrase in days. */
export const SCORE_MIN = 3;
/** When the estimate cannot be had: length alone, and more of it. */
export const CHARACTERS_MIN_UNRATED = 14;

export const STRENGTH_WORDS = [
  'Guessed at once',
  'Easy to guess',
  'Could be guessed',
  'Strong',
  'Very strong',
] as const;

export function strengthProblem(text: string, strength: Strength | null): string | null {
  if (text === '') return 'Choose a passphrase.';
  if (strength === null) {
    return text.length >= CHARACTERS_MIN_UNRATED
      ? null
      : `Make it longer: at least ${CHARACTERS_MIN_UNRATED} characters.`;
  }
  if (strength.score >= SCORE_MIN) return null;
  return 'This one can be guessed. Add a word or two that have nothing to do with each other.';
}
