import { act } from '@testing-library/react';
import { describe, expect, test } from 'vitest';
import { FakeClient } from '../../../testing/fake-client';
import { makeSecret, makeVault } from '../../../testing/fake-data';
import { renderWith, screen } from '../../../testing/render';
import { DueNotice } from './DueNotice';

const DAY_MS = 86_400_000;

describe('DueNotice', () => {
  test('names what is due as soon as it is known, and leads there', async () => {
    const client = new FakeClient();
    await renderWith(client, <DueNotice />);
    expect(screen.queryByTestId('due-notice')).toBeNull();
    const secrets = ['a', 'b', 'c', 'd'].map((name) => makeSecret({ name, due: true }));
    await act(async () => {
      for (const secret of secrets) client.emit('secret.changed', { secret });
    });
    expect(screen.getByTestId('due-notice')).toHaveTextContent('4 secrets');
    expect(screen.getByTestId('due-notice')).toHaveTextContent('a, b, c and 1 more');
    expect(screen.getByRole('link', { name: 'Secrets' })).toHaveAttribute('href', '/secrets');
  });

  test('a key whose turn is over for long is told; one that is only due replaces itself', async () => {
    const client = new FakeClient();
    client.vault = makeVault({ keyDueAt: Date.now() - 1000 });
    await renderWith(client, <DueNotice />);
    expect(screen.queryByTestId('due-notice')).toBeNull();
    act(() => void client.setVault({ keyDueAt: Date.now() - 3 * DAY_MS }));
    expect(screen.getByTestId('due-notice')).toHaveTextContent('3 days ago');
  });
});
