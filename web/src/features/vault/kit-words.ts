// The words of a recovery kit as people write them: capitals, spaces, dashes, line ends, numbers in
// front of them, run together. The worker checks what they mean; this only finds the nine words.
export const KIT_WORDS = 9;
const WORD_LETTERS = 5;

export type KitWords = { words: string[]; problem: null } | { words: null; problem: string };

export function readKitWords(text: string): KitWords {
  const letters = text.toLowerCase().replace(/[^a-z]+/g, '');
  if (letters === '') return { words: null, problem: 'Type the nine words of your recovery kit.' };
  if (letters.length === KIT_WORDS * WORD_LETTERS) {
    return { words: letters.match(/.{5}/g) ?? [], problem: null };
  }
  const written = text.toLowerCase().match(/[a-z]+/g) ?? [];
  const wrong = written.findIndex((word) => word.length !== WORD_LETTERS);
  if (written.length === KIT_WORDS && wrong !== -1) {
    return {
      words: null,
      problem: `Word ${wrong + 1} has ${written[wrong]?.length ?? 0} letters; every word has five.`,
    };
  }
  return {
    words: null,
    problem: `A recovery kit has nine words of five letters; here are ${letters.length} letters instead of 45.`,
  };
}

export function sameWord(typed: string, word: string): boolean {
  return typed.trim().toLowerCase() === word;
}

/** Two different places, from 0, in order. `random` gives a number from 0 to below 1. */
export function twoPlaces(count: number, random: () => number): [number, number] {
  const first = Math.floor(random() * count);
  const step = 1 + Math.floor(random() * (count - 1));
  const second = (first + step) % count;
  return first < second ? [first, second] : [second, first];
}

export function chance(): number {
  const [value = 0] = crypto.getRandomValues(new Uint32Array(1));
  return value / 2 ** 32;
}

export function kitText(workspace: string, words: readonly string[], madeAt: number): string {
  return [
    'Automator67 recovery kit',
    '',
    `Workspace: ${workspace}`,
    `Made:      ${new Date(madeAt).toISOString().slice(0, 10)}`,
    '',
    ...words.map((word, index) => `${index + 1}. ${word}`),
    '',
    'These nine words open the workspace without its passphrase. Keep them where nobody else reads',
    'them: on paper, or in a password manager. To use them: choose "Use the recovery kit" on the',
    'page that asks for the passphrase. Capitals, spaces and dashes do not matter.',
    '',
  ].join('\n');
}
