import { expect, test } from 'vitest';
import { stripAnsi } from './strip-ansi';

test('stripAnsi: colours, cursor moves, titles and links go, the text stays', () => {
  expect(stripAnsi('\u001b[1;33mwarn\u001b[0m done')).toBe('warn done');
  expect(stripAnsi('\u001b[2K\u001b[1Gprogress')).toBe('progress');
  expect(stripAnsi('\u001b]0;title\u0007text')).toBe('text');
  expect(stripAnsi('\u001b]8;;http://x\u001b\\link\u001b]8;;\u001b\\')).toBe('link');
});

test('stripAnsi: a plain line is handed back as it is', () => {
  expect(stripAnsi('[31m is not a colour')).toBe('[31m is not a colour');
});
