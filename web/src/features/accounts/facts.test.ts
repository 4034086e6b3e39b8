import { describe, expect, test } from 'vitest';
import {
  makeAccount,
  makeDataProvider,
  makeProvider,
  makeValue,
} from '../../testing/fake-accounts';
import {
  expiryWords,
  fieldOf,
  identityWords,
  leftBehind,
  reasonOf,
  withoutLeft,
  workspaceSetting,
} from './account-facts';
import { resourcesIn, usageIn } from './outputs';
import { kindOf, parseTyped, typedOf } from './override-value';
import { chosen, comparison, questionsOf, valueWords } from './policy-facts';

const providers = [makeDataProvider(), makeProvider()];

describe('what a policy card says', () => {
  test.each([
    [750, 'hours', '750 hours'],
    [100_000, 'a day', '100,000 a day'],
    [0.1, undefined, '0.1'],
    [true, undefined, 'Yes'],
    [false, undefined, 'No'],
    [['oslo', 'lima'], undefined, 'oslo, lima'],
    ['any origin', undefined, 'Any origin'],
    [undefined, undefined, 'Not found'],
  ])('%j reads well', (value, unit, words) => {
    expect(valueWords(makeValue({ key: 'k', value, unit }))).toBe(words);
  });

  test('a person’s own value counts, also when it is “no”', () => {
    expect(valueWords(makeValue({ key: 'k', value: true, overridden: false }))).toBe('No');
  });

  test('the questions are always all there, so that cards can be compared', () => {
    const asked = questionsOf(makeDataProvider()).map(({ key, value }) => [key, value?.value]);
    expect(asked).toEqual([
      ['sleep.after', undefined],
      ['card.needed', true],
      ['use.commercial', undefined],
      ['cors.api', undefined],
    ]);
  });

  test('a comparison has a row for every value that any of them has', () => {
    const rows = comparison(providers);
    expect(rows.find(({ key }) => key === 'card.needed')?.values.map((v) => v?.value)).toEqual([
      true,
      false,
    ]);
    expect(rows.find(({ key }) => key === 'free.databases')?.values[1]).toBeNull();
  });

  test('providers are found by words and by what they can do, all at once', () => {
    const ids = (text: string, needs: string[]) => chosen(providers, text, needs).map((p) => p.id);
    expect(ids('', [])).toEqual(['delta', 'harbor']);
    expect(ids('HARBOR git', [])).toEqual(['harbor']);
    expect(ids('', ['sql', 'objects'])).toEqual(['delta']);
    expect(ids('', ['sql', 'compute'])).toEqual([]);
  });
});

describe('a person’s own value', () => {
  test('is of the card’s kind, or asked for where the card has none', () => {
    expect(kindOf(makeValue({ key: 'k', value: 5 }))).toBe('number');
    // The engine knows the key’s type, also where the card has no value.
    expect(kindOf(makeValue({ key: 'k', type: 'boolean' }))).toBe('yes-no');
    expect(kindOf(makeValue({ key: 'k', type: 'list' }))).toBe('list');
    expect(kindOf(makeValue({ key: 'k', value: false }))).toBe('yes-no');
    expect(kindOf(makeValue({ key: 'k', value: ['a'] }))).toBe('list');
    expect(kindOf(makeValue({ key: 'k', value: 'a' }))).toBe('text');
    expect(kindOf(makeValue({ key: 'k' }))).toBeNull();
  });

  test('is read from what was typed', () => {
    expect(parseTyped(' 0.5 ', 'number').value).toBe(0.5);
    expect(parseTyped('half', 'number').problem).toContain('number');
    expect(parseTyped('no', 'yes-no').value).toBe(false);
    expect(parseTyped('oslo\nlima, rome\n', 'list').value).toEqual(['oslo', 'lima', 'rome']);
    expect(parseTyped('  ', 'text').problem).not.toBeNull();
    expect(typedOf(makeValue({ key: 'k', value: ['a', 'b'] }))).toBe('a\nb');
  });
});

describe('what an account says', () => {
  test('why it is not ok', () => {
    expect(reasonOf(makeAccount())).toBeNull();
    expect(reasonOf(makeAccount({ state: 'due' }))).toContain('replaced');
    expect(reasonOf(makeAccount({ state: 'refused' }))).toContain('no longer in the vault');
    const problem = { code: 'unauthorized', message: 'It was revoked.' };
    expect(reasonOf(makeAccount({ state: 'refused', problem }))).toBe('It was revoked.');
  });

  test('who it is, and until when', () => {
    expect(identityWords({ id: 'u', name: 'Ada', email: 'a@b.example' })).toBe('Ada (a@b.example)');
    expect(identityWords({ id: 'u' })).toBe('u');
    expect(expiryWords(undefined, 0)).toContain('no end');
    expect(expiryWords(0, 86_400_000)).toBe('ended yesterday');
    expect(expiryWords(86_400_000, 0)).toBe('ends tomorrow');
  });

  test('the workspace is the setting that holds one of them, whatever a provider calls it', () => {
    expect(workspaceSetting(makeAccount())).toBe('owner');
    expect(workspaceSetting(makeAccount({ settings: {} }))).toBe('workspace');
    expect(workspaceSetting(makeAccount({ workspaces: [] }))).toBeNull();
  });
});

describe('errors', () => {
  const { fields } = makeProvider();
  test('are shown at the field they name, or at the credential that was refused', () => {
    const of = (code: string, field?: string) => fieldOf({ code, message: 'No.', field }, fields);
    expect(of('invalid_input', 'fields.project')).toBe('project');
    expect(of('unauthorized')).toBe('apiKey');
    expect(of('invalid_input', 'fields.other')).toBeNull();
    expect(of('unreachable', 'transport')).toBeNull();
    expect(of('unreachable')).toBeNull();
  });

  test('name what was left behind', () => {
    const error = {
      code: 'timeout',
      message: 'No.',
      lines: ['service srv-1 my app', 'bucket ? photos', 'npm ERR! service is down'],
    };
    expect(leftBehind(error)).toEqual([
      { kind: 'service', id: 'srv-1', name: 'my app' },
      { kind: 'bucket', id: null, name: 'photos' },
    ]);
    expect(withoutLeft(error).lines).toEqual(['npm ERR! service is down']);
  });
});

test('what operations answer is read leniently', () => {
  expect(resourcesIn({ buckets: [{ name: 'photos' }, { region: 'x' }, null] }, 'bucket')).toEqual([
    expect.objectContaining({ id: 'photos', name: 'photos' }),
  ]);
  expect(resourcesIn('nothing', 'service')).toEqual([]);
  expect(usageIn({ lines: [{ metric: 'Builds', used: 0 }, { metric: 'x' }] })).toEqual([
    expect.objectContaining({ metric: 'Builds', used: 0, limit: undefined }),
  ]);
});
