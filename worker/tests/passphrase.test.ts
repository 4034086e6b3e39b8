// The command line's test reads the same file (tests/cli/passphrase_test.cpp): a passphrase typed there opens what was
// made here.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { bytesOfPassphrase } from '../src/bytes';

const file = new URL('../../tests/cli/passphrase_vectors.json', import.meta.url);
const vectors = JSON.parse(readFileSync(file, 'utf8')) as [string, string][];

it('a passphrase gives the bytes that the command line makes of it', () => {
  expect(vectors.length).toBeGreaterThan(300);
  for (const [typed, normalized] of vectors) {
    const text = Buffer.from(typed, 'hex').toString('utf8');
    expect(Buffer.from(bytesOfPassphrase(text)).toString('hex')).toBe(normalized);
  }
});
