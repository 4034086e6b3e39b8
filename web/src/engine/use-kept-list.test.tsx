import type { SecretView } from '@automator67/worker';
import { act, cleanup, screen } from '@testing-library/react';
import { describe, expect, test } from 'vitest';
import { FakeClient } from '../testing/fake-client';
import { makeSecret } from '../testing/fake-data';
import { renderWith } from '../testing/render';
import { useKeptList, type KeptListOf } from './use-kept-list';

const SECRETS: KeptListOf<SecretView> = {
  keyOf: (one) => one.name,
  ask: async (send, signal) => (await send('secret.list', {}, { signal })).secrets,
  listen: (client, doors) => [
    client.on('secret.changed', ({ secret: one }) => doors.changed(one)),
    client.on('secret.removed', ({ secret: name }) => doors.removed(name)),
    client.on('secret.reset', doors.reset),
  ],
};

function List() {
  const { items, error } = useKeptList(SECRETS);
  return (
    <>
      <p data-testid="list">
        {items?.map((one) => `${one.name} ${one.version}`).join(', ') ?? 'unknown'}
      </p>
      <p data-testid="error">{error?.message}</p>
    </>
  );
}

const secret = (name: string, version = 1): SecretView => makeSecret({ name, version });

function clientWith(...names: string[]): FakeClient {
  const client = new FakeClient();
  client.answer('secret.list', () => ({ secrets: names.map((name) => secret(name)) }));
  return client;
}

/** The list is asked for and answered when `answer` is called. */
function slowClient() {
  const client = new FakeClient();
  const waiting: ((secrets: SecretView[]) => void)[] = [];
  client.answer(
    'secret.list',
    () => new Promise((resolve) => waiting.push((secrets) => resolve({ secrets }))),
  );
  const answer = async (...secrets: SecretView[]) => {
    await settled();
    waiting.shift()?.(secrets);
    await settled();
  };
  return { client, answer, asked: () => client.sentOf('secret.list').length };
}

/** Whatever is under way has come to where it waits for an answer. */
const settled = () => act(() => new Promise((resolve) => setTimeout(resolve, 0)));
const shown = () => screen.getByTestId('list').textContent;

describe('useKeptList', () => {
  test('an event tells of one item: it comes, changes in its place, or goes', async () => {
    const client = clientWith('a', 'b', 'c');
    await renderWith(client, <List />);
    await screen.findByText('a 1, b 1, c 1');
    act(() => client.emit('secret.changed', { secret: secret('b', 2) }));
    expect(shown()).toBe('a 1, b 2, c 1');
    act(() => client.emit('secret.changed', { secret: secret('d') }));
    expect(shown()).toBe('a 1, b 2, c 1, d 1');
    act(() => client.emit('secret.removed', { secret: 'a' }));
    act(() => client.emit('secret.removed', { secret: 'never was' }));
    expect(shown()).toBe('b 2, c 1, d 1');
    expect(client.sentOf('secret.list')).toHaveLength(1);
  });

  test('what is told while the list is asked for is in it, whichever came first', async () => {
    const { client, answer } = slowClient();
    await renderWith(client, <List />);
    await settled();
    act(() => {
      client.emit('secret.changed', { secret: secret('a', 2) });
      client.emit('secret.changed', { secret: secret('new') });
      client.emit('secret.removed', { secret: 'gone' });
      client.emit('secret.removed', { secret: 'back' });
      client.emit('secret.changed', { secret: secret('back', 2) });
    });
    expect(shown()).toBe('unknown');
    await answer(secret('a'), secret('gone'), secret('back'));
    expect(shown()).toBe('a 2, back 2, new 1');
  });

  test('after many changed at once the list is asked for anew, and the old one shows meanwhile', async () => {
    const { client, answer, asked } = slowClient();
    await renderWith(client, <List />);
    await answer(secret('a'));
    act(() => client.emit('secret.reset', {}));
    await settled();
    expect(asked()).toBe(2);
    expect(shown()).toBe('a 1');
    act(() => client.emit('secret.changed', { secret: secret('b', 3) }));
    await answer(secret('b', 2), secret('c'));
    expect(shown()).toBe('b 3, c 1');
  });

  test('a list that is asked for anew forgets the answer to the question before', async () => {
    const { client, answer, asked } = slowClient();
    await renderWith(client, <List />);
    await settled();
    act(() => client.emit('secret.reset', {}));
    await settled();
    expect(asked()).toBe(2);
    await answer(secret('old'));
    expect(shown()).toBe('unknown');
    await answer(secret('new'));
    expect(shown()).toBe('new 1');
  });

  test('another engine is asked for everything', async () => {
    const client = clientWith('a');
    await renderWith(client, <List />);
    await screen.findByText('a 1');
    client.answer('secret.list', () => ({ secrets: [secret('b')] }));
    await act(async () => {
      client.setStatus('starting');
      client.setStatus('ready');
      await Promise.resolve();
    });
    expect(await screen.findByText('b 1')).toBeInTheDocument();
  });

  test('a failure is told, and forgotten with the next answer', async () => {
    const client = new FakeClient();
    client.fail('secret.list', { code: 'internal', message: 'It broke.' });
    await renderWith(client, <List />);
    expect(await screen.findByText('It broke.')).toBeInTheDocument();
    client.answer('secret.list', () => ({ secrets: [secret('a')] }));
    act(() => client.emit('secret.reset', {}));
    expect(await screen.findByText('a 1')).toBeInTheDocument();
    expect(screen.getByTestId('error')).toBeEmptyDOMElement();
  });

  test('nobody is asked any more once the list is not shown', async () => {
    const client = clientWith('a');
    await renderWith(client, <List />);
    await screen.findByText('a 1');
    cleanup();
    client.emit('secret.reset', {});
    client.setStatus('starting');
    client.setStatus('ready');
    await settled();
    expect(client.sentOf('secret.list')).toHaveLength(1);
  });
});
