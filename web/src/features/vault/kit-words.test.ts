import { describe, expect, test } from 'vitest';
import { FAKE_WORDS } from '../../testing/fake-data';
import { kitText, readKitWords, sameWord, twoPlaces } from './kit-words';

describe('readKitWords', () => {
  test.each([
    ['dashes', FAKE_WORDS.join('-')],
    ['run together', FAKE_WORDS.join('')],
    ['capitals and line ends', FAKE_WORDS.join('\r\n').toUpperCase()],
    ['numbers in front', FAKE_WORDS.map((word, index) => `${index + 1}. ${word}`).join('\n')],
  ])('%s', (_, text) => {
    expect(readKitWords(text).words).toEqual([...FAKE_WORDS]);
  });

  test.each([
    ['', 'Type the nine words'],
    ['lusab babad', '10 letters instead of 45'],
    [FAKE_WORDS.join(' ').replace('gutih', 'guti'), 'Word 3 has 4 letters'],
  ])('%j is told: %s', (text, problem) => {
    expect(readKitWords(text)).toEqual({ words: null, problem: expect.stringContaining(problem) });
  });
});

test('twoPlaces: always two different places, in order, and every place has its turn', () => {
  const seen = new Set<number>();
  for (let a = 0; a < 1; a += 0.05) {
    for (let b = 0; b < 1; b += 0.05) {
      let turn = 0;
      const [first, second] = twoPlaces(9, () => (turn++ === 0 ? a : b));
      expect(first).toBeLessThan(second);
      expect(second).toBeLessThan(9);
      seen.add(first).add(second);
    }
  }
  expect(seen.size).toBe(9);
});

test('sameWord: blanks and capitals around it do not matter, other letters do', () => {
  expect(sameWord(' LUSAB ', 'lusab')).toBe(true);
  expect(sameWord('lusap', 'lusab')).toBe(false);
});

test('kitText names the workspace, the day and every word in its place', () => {
  const text = kitText('My cloud', FAKE_WORDS, Date.UTC(2026, 4, 9));
  expect(text).toContain('Workspace: My cloud');
  expect(text).toContain('2026-05-09');
  expect(text).toContain('9. jokin');
});
