import type { AccountView } from '@automator67/worker';
import { EngineError } from '@automator67/worker';
import { within } from '@testing-library/react';
import { describe, expect, test } from 'vitest';
import {
  makeAccount,
  makeDataProvider,
  makeProvider,
  makeTrace,
} from '../../testing/fake-accounts';
import { FakeClient } from '../../testing/fake-client';
import { makeSnapshot } from '../../testing/fake-data';
import { renderWith, screen } from '../../testing/render';
import { AccountPage } from './AccountPage';

const OUTPUTS: Record<string, unknown> = {
  'usage.get': {
    lines: [
      {
        metric: 'Compute time',
        used: 412,
        limit: 750,
        unit: 'hours',
        resetsAt: Date.now() + 5 * 86_400_000,
      },
      { metric: 'Builds', used: 7 },
    ],
  },
  'service.list': {
    services: [{ id: 'srv-1', name: 'guestbook', state: 'incomplete', region: 'oslo' }],
  },
  'service.remove': {},
  'database.list': { databases: [] },
  'bucket.list': { buckets: [{ name: 'photos' }] },
};

function clientWith(account: AccountView = makeAccount(), online = true): FakeClient {
  const controller = { ...makeSnapshot().controller, online };
  const client = new FakeClient({ controller });
  client.answer('provider.list', () => ({ providers: [makeDataProvider(), makeProvider()] }));
  client.answer('account.list', () => ({ accounts: [account] }));
  client.answer('account.get', () => ({
    account,
    trace: [makeTrace(), makeTrace({ path: '/v1/usage', status: 429, error: 'rate_limited' })],
    breaks: ['Its credential is erased.', 'What runs there goes on.'],
  }));
  client.answer('account.run', ({ operation }) => ({ output: OUTPUTS[operation] }));
  for (const name of ['account.verify', 'account.change', 'account.rotate'] as const) {
    client.answer(name, () => ({ account }));
  }
  client.answer('account.disconnect', () => ({}));
  return client;
}

const delta = makeAccount({
  id: 'delta',
  provider: 'delta',
  providerName: 'Deltabase',
  capabilities: ['sql.http', 'objects', 'tokens'],
  operations: ['database.list', 'bucket.list'],
});

describe('AccountPage', () => {
  test('usage is shown against the quota, and without one as a number', async () => {
    await renderWith(clientWith(), <AccountPage id="harbor" tab="overview" />);
    const meter = await screen.findByRole('meter', { name: 'Compute time' });
    expect(meter).toHaveAttribute('aria-valuetext', '412 of 750 hours');
    expect(screen.getByTestId('usage')).toHaveTextContent('Builds7');
    expect(screen.getByTestId('usage')).toHaveTextContent('Begins anew in 5 days');
    expect(screen.getByTestId('account-facts')).toHaveTextContent('services:write');
  });

  test('another workspace is a change of the setting that holds it', async () => {
    const client = clientWith();
    const { user } = await renderWith(client, <AccountPage id="harbor" tab="overview" />);
    expect(await screen.findByTestId('account-settings-save')).toBeDisabled();
    await user.selectOptions(screen.getByTestId('account-workspace'), 'Own');
    await user.click(screen.getByTestId('account-settings-save'));
    await screen.findByTestId('toast');
    expect(client.sentOf('account.change')).toEqual([
      { account: 'harbor', settings: { owner: 'w-2' } },
    ]);
  });

  test('verifying now says what came of it', async () => {
    const client = clientWith();
    const { user } = await renderWith(client, <AccountPage id="harbor" tab="overview" />);
    await user.click(await screen.findByTestId('account-verify'));
    expect(await screen.findByTestId('toast')).toHaveTextContent('Harbor Cloud takes the token.');
    client.fail('account.verify', { code: 'unreachable', message: 'It does not answer.' });
    await user.click(screen.getByTestId('account-verify'));
    expect(await screen.findByText('It does not answer.')).toBeInTheDocument();
  });

  test('another name and another way are one change', async () => {
    const client = clientWith();
    const { user } = await renderWith(client, <AccountPage id="harbor" tab="overview" />);
    await user.click(await screen.findByTestId('account-change'));
    await user.clear(screen.getByTestId('account-name'));
    expect(screen.getByTestId('change-account-save')).toBeDisabled();
    await user.type(screen.getByTestId('account-name'), 'Mine');
    await user.selectOptions(screen.getByTestId('connect-transport'), 'direct');
    await user.click(screen.getByTestId('change-account-save'));
    await screen.findByTestId('toast');
    expect(client.sentOf('account.change')).toEqual([
      { account: 'harbor', name: 'Mine', transport: 'direct' },
    ]);
  });

  test('disconnecting lists what it breaks and takes the name', async () => {
    const client = clientWith();
    const { user } = await renderWith(client, <AccountPage id="harbor" tab="overview" />);
    await user.click(await screen.findByTestId('account-disconnect'));
    expect(await screen.findByText('What runs there goes on.')).toBeInTheDocument();
    expect(screen.getByTestId('confirm-yes')).toBeDisabled();
    await user.type(screen.getByTestId('confirm-name'), 'Team harbor');
    await user.click(screen.getByTestId('confirm-yes'));
    await screen.findByTestId('toast');
    expect(client.sentOf('account.disconnect')).toEqual([{ account: 'harbor' }]);
    expect(window.location.pathname).toBe('/accounts');
  });

  test('offline it shows what is known and asks nobody', async () => {
    const client = clientWith(makeAccount(), false);
    await renderWith(client, <AccountPage id="harbor" tab="overview" />);
    expect(await screen.findByTestId('account-verify')).toBeDisabled();
    expect(screen.getByTestId('account-rotate')).toBeDisabled();
    expect(client.sentOf('account.run')).toEqual([]);
  });

  test('an account that is gone leads back to all of them', async () => {
    await renderWith(clientWith(), <AccountPage id="nobody" tab="overview" />);
    expect(await screen.findByText('There is no account called nobody')).toBeInTheDocument();
  });
});

describe('another token', () => {
  test('is made by the provider where it can', async () => {
    const client = clientWith(delta);
    const { user } = await renderWith(client, <AccountPage id="delta" tab="overview" />);
    await user.click(await screen.findByTestId('account-rotate'));
    expect(screen.getByTestId('rotate-api')).toBeChecked();
    await user.click(screen.getByTestId('rotate-submit'));
    await screen.findByTestId('toast');
    expect(client.sentOf('account.rotate')).toEqual([{ account: 'delta' }]);
  });

  test('the old one that the provider cannot end is to be ended by hand, with the place', async () => {
    const client = clientWith(delta);
    const byHand = {
      message: 'It has to be revoked by hand.',
      page: 'https://delta.example/tokens',
    };
    client.answer('account.rotate', () => ({ account: delta, byHand }));
    const { user } = await renderWith(client, <AccountPage id="delta" tab="overview" />);
    await user.click(await screen.findByTestId('account-rotate'));
    await user.click(screen.getByTestId('rotate-submit'));
    const shown = await screen.findByTestId('rotate-by-hand');
    expect(shown).toHaveTextContent('It has to be revoked by hand.');
    expect(screen.getByRole('link', { name: /Revoke the old token/ })).toHaveAttribute(
      'href',
      byHand.page,
    );
    await user.click(screen.getByTestId('rotate-done'));
    expect(screen.queryByTestId('rotate-by-hand')).toBeNull();
  });

  test('a token that may do more than is needed is warned of', async () => {
    const wide = { ...delta, warnings: ['This token may do everything.'] };
    await renderWith(clientWith(wide), <AccountPage id="delta" tab="overview" />);
    expect(await screen.findByText('This token may do everything.')).toBeInTheDocument();
  });

  test('is given otherwise; what was refused is said at its field', async () => {
    const client = clientWith();
    client.fail('account.rotate', { code: 'unauthorized', message: 'It is unknown there.' });
    const { user } = await renderWith(client, <AccountPage id="harbor" tab="overview" />);
    await user.click(await screen.findByTestId('account-rotate'));
    expect(screen.queryByTestId('rotate-api')).toBeNull();
    await user.click(screen.getByTestId('rotate-submit'));
    expect(screen.getByText('This is needed.')).toBeInTheDocument();
    await user.type(screen.getByTestId('field-apiKey'), 'hbr_9');
    await user.click(screen.getByTestId('rotate-submit'));
    expect(await screen.findByText('It is unknown there.')).toBeInTheDocument();
    expect(screen.getByTestId('field-apiKey')).toBeInvalid();
    client.answer('account.rotate', () => ({ account: makeAccount() }));
    await user.type(screen.getByTestId('field-apiKey'), 'hbr_10');
    await user.click(screen.getByTestId('rotate-submit'));
    expect(await screen.findByTestId('toast')).toHaveTextContent(
      'End the old one at Harbor Cloud.',
    );
    expect(client.sentOf('account.rotate')[1]?.fields).toEqual({ apiKey: 'hbr_10' });
  });
});

describe('at the provider', () => {
  test('every kind the adapter can list is shown; one is removed by its name', async () => {
    const client = clientWith();
    const { user } = await renderWith(client, <AccountPage id="harbor" tab="resources" />);
    const row = await screen.findByTestId('resource-row');
    expect(row).toHaveTextContent('guestbook');
    expect(row).toHaveTextContent('Incomplete');
    await user.click(within(row).getByTestId('resource-remove'));
    expect(screen.getByTestId('remove-resource-dialog')).toHaveTextContent(
      'Remove the service guestbook?',
    );
    await user.type(screen.getByTestId('confirm-name'), 'guestbook');
    await user.click(screen.getByTestId('confirm-yes'));
    await screen.findByTestId('toast');
    const runs = client.sentOf('account.run').map(({ operation, input }) => [operation, input]);
    expect(runs).toEqual([
      ['service.list', {}],
      ['service.remove', { service: 'srv-1' }],
      ['service.list', {}],
    ]);
  });

  test('what cannot be removed has no button; an empty kind says so', async () => {
    await renderWith(clientWith(delta), <AccountPage id="delta" tab="resources" />);
    expect(await screen.findByTestId('resource-row')).toHaveTextContent('photos');
    expect(screen.queryByTestId('resource-remove')).toBeNull();
    expect(screen.getByText('None at Deltabase.')).toBeInTheDocument();
  });

  test('what an error says was left behind can be cleaned up', async () => {
    const client = clientWith();
    client.answer('account.run', ({ operation }) => {
      if (operation === 'service.remove') return { output: {} };
      throw new EngineError({
        code: 'timeout',
        message: 'It was not finished.',
        lines: ['service srv-9 half made', 'bucket ? photos'],
      });
    });
    const { user } = await renderWith(client, <AccountPage id="harbor" tab="resources" />);
    const [left, unknown] = await screen.findAllByTestId('left-behind');
    expect(unknown).toHaveTextContent('Whether the bucket photos is there is unknown.');
    await user.click(within(left as HTMLElement).getByTestId('left-remove'));
    await user.type(screen.getByTestId('confirm-name'), 'half made');
    await user.click(screen.getByTestId('confirm-yes'));
    expect(await screen.findByTestId('toast')).toHaveTextContent('half made was removed');
    expect(client.sentOf('account.run').at(1)).toEqual({
      account: 'harbor',
      operation: 'service.remove',
      input: { service: 'srv-9' },
    });
  });
});

test('the last requests are listed, those that failed once more by themselves', async () => {
  await renderWith(clientWith(), <AccountPage id="harbor" tab="requests" />);
  const errors = await screen.findByTestId('trace-errors');
  expect(within(errors).getAllByTestId('trace-row')).toHaveLength(1);
  expect(errors).toHaveTextContent('429, rate_limited');
  expect(within(screen.getByTestId('trace')).getAllByTestId('trace-row')).toHaveLength(2);
});
