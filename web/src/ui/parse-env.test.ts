import { describe, expect, test } from 'vitest';
import { parseEnv } from './parse-env';

describe('parseEnv', () => {
  test('plain lines, comments, export and blanks', () => {
    const { pairs, problems } = parseEnv(
      '# settings\nexport A=1\n  B = two words  # why\n\nEMPTY=\r\nURL=http://x/#frag\n',
    );
    expect(pairs).toEqual([
      { name: 'A', value: '1' },
      { name: 'B', value: 'two words' },
      { name: 'EMPTY', value: '' },
      { name: 'URL', value: 'http://x/#frag' },
    ]);
    expect(problems).toEqual([]);
  });
  test('quotes keep blanks and hashes; only double quotes know escapes', () => {
    const { pairs } = parseEnv(`A="x # y\\n\\"z\\""\nB='raw \\n # y'`);
    expect(pairs).toEqual([
      { name: 'A', value: 'x # y\n"z"' },
      { name: 'B', value: 'raw \\n # y' },
    ]);
  });
  test('a quoted value may hold several lines', () => {
    const { pairs } = parseEnv('KEY="-----BEGIN\nabc\n-----END"\nNEXT=1');
    expect(pairs).toEqual([
      { name: 'KEY', value: '-----BEGIN\nabc\n-----END' },
      { name: 'NEXT', value: '1' },
    ]);
  });
  test('the last of two equal names wins', () => {
    expect(parseEnv('A=1\nA=2').pairs).toEqual([{ name: 'A', value: '2' }]);
  });
  test('broken lines are told by number and left out, the rest is taken', () => {
    const { pairs, problems } = parseEnv('GOOD=1\n2BAD=x\nOPEN="never closed\n');
    expect(pairs).toEqual([{ name: 'GOOD', value: '1' }]);
    expect(problems.join(' ')).toMatch(/Line 2.*Line 3/);
  });
  test('more than the contract allows is cut and told', () => {
    const text = Array.from({ length: 201 }, (_, i) => `V${i}=x`).join('\n');
    const { pairs, problems } = parseEnv(text);
    expect(pairs).toHaveLength(200);
    expect(problems).toHaveLength(1);
  });
});
