import { act, within } from '@testing-library/react';
import { describe, expect, test } from 'vitest';
import { makeAccount } from '../../testing/fake-accounts';
import { FakeClient } from '../../testing/fake-client';
import { makeSnapshot } from '../../testing/fake-data';
import { renderWith, screen } from '../../testing/render';
import { AccountsPage } from './AccountsPage';

describe('AccountsPage', () => {
  test('without accounts it leads to the wizard', async () => {
    await renderWith(new FakeClient(), <AccountsPage />);
    expect(await screen.findByText('No accounts yet')).toBeInTheDocument();
    expect(screen.getByTestId('account-connect')).toHaveAttribute('href', '/accounts/connect');
  });

  test('a row tells who it is, how it goes, its token’s age and end, and what is wrong', async () => {
    const client = new FakeClient();
    client.answer('account.list', () => ({
      accounts: [
        makeAccount({
          state: 'refused',
          problem: { code: 'unauthorized', message: 'The token was revoked.' },
        }),
      ],
    }));
    await renderWith(client, <AccountsPage />);
    const row = await screen.findByTestId('account-row');
    expect(row).toHaveAttribute('data-state', 'refused');
    for (const text of [
      'Team harbor',
      'Harbor Cloud',
      'Refused',
      'The token was revoked.',
      'Ada (ada@example.com)',
      'Token given 40 days ago',
      'ends in 20 days',
    ]) {
      expect(row).toHaveTextContent(text);
    }
    const badge = within(row).getByTestId('transport');
    expect(badge).toHaveTextContent('The host of this page sees the requests and the token.');
    expect(within(row).getByRole('link')).toHaveAttribute('href', '/accounts/harbor');
    expect(screen.getByText('1 account at 1 provider, 1 to look at.')).toBeInTheDocument();
  });

  test('what the engine tells is shown at once', async () => {
    const client = new FakeClient();
    await renderWith(client, <AccountsPage />);
    await screen.findByText('No accounts yet');
    act(() => client.emit('account.changed', { account: makeAccount({ name: 'New one' }) }));
    expect(screen.getByTestId('account-row')).toHaveTextContent('New one');
    act(() => client.emit('account.removed', { account: makeAccount().id }));
    expect(screen.getByText('No accounts yet')).toBeInTheDocument();
  });

  test('offline the list shows, and it says what has to wait', async () => {
    const controller = { ...makeSnapshot().controller, online: false };
    const client = new FakeClient({ controller });
    client.answer('account.list', () => ({ accounts: [makeAccount()] }));
    await renderWith(client, <AccountsPage />);
    expect(await screen.findByTestId('account-row')).toBeInTheDocument();
    expect(screen.getByText(/it needs the network/)).toBeInTheDocument();
  });

  test('a failure to list can be tried again', async () => {
    const client = new FakeClient();
    client.fail('account.list', { code: 'internal', message: 'It broke.' });
    const { user } = await renderWith(client, <AccountsPage />);
    await screen.findByText('It broke.');
    client.answer('account.list', () => ({ accounts: [makeAccount()] }));
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByTestId('account-row')).toBeInTheDocument();
  });
});
