import { EngineError } from '@automator67/worker';
import { act, waitFor, within } from '@testing-library/react';
import { describe, expect, test, vi } from 'vitest';
import { Route, Switch } from 'wouter';
import { channelOf, SIGN_IN_MS } from '../../engine/oauth-channel';
import { makeAccount, makeDataProvider, makeProvider } from '../../testing/fake-accounts';
import { FakeClient } from '../../testing/fake-client';
import { makeNode, makeSnapshot } from '../../testing/fake-data';
import { renderWith, screen } from '../../testing/render';
import { ConnectPage } from './ConnectPage';

function clientWith(change: ConstructorParameters<typeof FakeClient>[0] = {}): FakeClient {
  const client = new FakeClient(change);
  client.answer('provider.list', () => ({ providers: [makeDataProvider(), makeProvider()] }));
  client.answer('account.connect', () => ({ account: makeAccount() }));
  client.answer('oauth.begin', () => ({ url: 'https://delta.example/authorize', state: 's1' }));
  client.answer('oauth.finish', () => ({ account: makeAccount({ name: 'Signed in' }) }));
  return client;
}

async function show(client: FakeClient, path = '/accounts/connect') {
  window.history.replaceState(null, '', path);
  return renderWith(
    client,
    <Switch>
      <Route path="/accounts/connect/:provider?">
        {({ provider }) => <ConnectPage provider={provider} />}
      </Route>
    </Switch>,
  );
}

describe('choosing a provider', () => {
  test('a card answers every question, each with its source, date and trust', async () => {
    await show(clientWith());
    const card = (await screen.findAllByTestId('provider-card'))[1] as HTMLElement;
    expect(card).toHaveAttribute('data-provider', 'harbor');
    expect(card).toHaveTextContent('750 hours a month of one small service');
    expect(card).toHaveTextContent('15 minutes');
    expect(card).toHaveTextContent('Said by staff · 2026-11-23 · docs.harbor.example');
    expect(card).toHaveTextContent('Commercial use allowedNot on its card');
    expect(card).toHaveTextContent('Free outgoing trafficNot found');
    expect(within(card).getByTestId('stale')).toHaveTextContent('180 days');
    const source = within(card).getAllByRole('link', { name: /source of “Needs a card”/ })[0];
    expect(source).toHaveAttribute('rel', 'noopener noreferrer');
  });

  test('cards are searched and filtered by what they can do', async () => {
    const { user } = await show(clientWith());
    await screen.findAllByTestId('provider-card');
    const shown = () =>
      screen.queryAllByTestId('provider-card').map((one) => one.dataset['provider']);
    await user.click(screen.getByTestId('need-sql'));
    expect(screen.getByTestId('need-sql')).toHaveAttribute('aria-pressed', 'true');
    expect(shown()).toEqual(['delta']);
    await user.click(screen.getByTestId('need-compute'));
    expect(screen.getByText('No provider is like that')).toBeInTheDocument();
    await user.click(screen.getByRole('button', { name: 'Show all' }));
    await user.type(screen.getByTestId('provider-search'), 'harbor');
    expect(shown()).toEqual(['harbor']);
  });

  test('two or more are compared in a table', async () => {
    const { user } = await show(clientWith());
    expect(await screen.findByTestId('compare-toggle')).toBeDisabled();
    for (const box of screen.getAllByTestId('provider-compare')) await user.click(box);
    await user.click(screen.getByTestId('compare-toggle'));
    const table = screen.getByTestId('compare-table');
    const row = within(table)
      .getAllByTestId('compare-row')
      .find((one) => one.dataset['key'] === 'card.needed');
    expect(row).toHaveTextContent(/Needs a card.*Yes.*No/);
    await user.click(screen.getByRole('button', { name: 'Take Deltabase out of the comparison' }));
    expect(screen.queryByTestId('compare-table')).toBeNull();
  });
});

describe('giving a token', () => {
  test('the token page opens apart and names the least rights; the secret is masked', async () => {
    const { user } = await show(clientWith(), '/accounts/connect/harbor');
    const link = await screen.findByTestId('token-page');
    expect(link).toHaveAttribute('href', 'https://harbor.example/settings/keys');
    expect(link).toHaveAttribute('target', '_blank');
    expect(link).toHaveAttribute('rel', 'noopener noreferrer');
    expect(screen.getByTestId('least-scopes')).toHaveTextContent('services:write');
    const field = screen.getByTestId('field-apiKey');
    expect(field).toHaveAttribute('type', 'password');
    expect(field).toHaveAttribute('autocomplete', 'off');
    await user.click(field);
    await user.paste(' hbr_1 ');
    await user.click(screen.getByTestId('field-apiKey-show'));
    expect(field).toHaveAttribute('type', 'text');
  });

  test('what is missing is said before anything is sent', async () => {
    const client = clientWith();
    const { user } = await show(client, '/accounts/connect/harbor');
    await user.click(await screen.findByTestId('connect-submit'));
    expect(screen.getByText('This is needed.')).toBeInTheDocument();
    expect(screen.getByTestId('field-apiKey')).toHaveFocus();
    expect(client.sentOf('account.connect')).toEqual([]);
  });

  test('it is tried, can be called off, and then tells who it is', async () => {
    const client = clientWith();
    let answer = () => {};
    client.answer(
      'account.connect',
      () => new Promise((resolve) => (answer = () => resolve({ account: makeAccount() }))),
    );
    const { user } = await show(client, '/accounts/connect/harbor');
    await user.type(await screen.findByTestId('field-apiKey'), ' hbr_1 ');
    await user.type(screen.getByTestId('connect-name'), 'Team');
    await user.click(screen.getByTestId('connect-submit'));
    expect(await screen.findByTestId('connect-progress')).toHaveTextContent('Asking Harbor Cloud…');
    expect(screen.getByTestId('connect-elapsed')).toHaveTextContent('0 s');
    await user.click(screen.getByTestId('connect-cancel'));
    expect(screen.getByTestId('connect-name')).toHaveValue('Team');
    expect(screen.getByTestId('field-apiKey')).toHaveValue('');

    await user.type(screen.getByTestId('field-apiKey'), 'hbr_2');
    await user.type(screen.getByTestId('field-project'), 'p-1');
    await user.click(screen.getByTestId('connect-submit'));
    await screen.findByTestId('connect-progress');
    act(() => answer());
    const done = await screen.findByTestId('connect-done');
    for (const text of [
      'Ada (ada@example.com)',
      'services:write',
      'ends in 20 days',
      'Runs images',
    ])
      expect(done).toHaveTextContent(text);
    expect(done).toHaveTextContent('The host of this page sees the requests and the token.');
    expect(screen.getByTestId('connect-open')).toHaveAttribute('href', '/accounts/harbor');
    expect(client.sentOf('account.connect')).toEqual([
      { provider: 'harbor', fields: { apiKey: 'hbr_1' }, name: 'Team' },
      { provider: 'harbor', fields: { apiKey: 'hbr_2', project: 'p-1' }, name: 'Team' },
    ]);
  });

  test('refused: said at the field with its hint; only the secret is to be typed again', async () => {
    const client = clientWith();
    client.fail('account.connect', {
      code: 'unauthorized',
      message: 'Harbor Cloud refused the key.',
      hint: 'Copy it again.',
    });
    const { user } = await show(client, '/accounts/connect/harbor');
    await user.type(await screen.findByTestId('field-apiKey'), 'hbr_1');
    await user.type(screen.getByTestId('field-project'), 'p-1');
    await user.click(screen.getByTestId('connect-submit'));
    expect(await screen.findByTestId('error-message')).toHaveTextContent(
      'Harbor Cloud refused the key. Copy it again.',
    );
    const field = screen.getByTestId('field-apiKey');
    expect(field).toBeInvalid();
    expect(field).toHaveFocus();
    expect(field).toHaveValue('');
    expect(screen.getByTestId('field-project')).toHaveValue('p-1');
    await user.type(field, 'h');
    expect(screen.queryByTestId('error-message')).toBeNull();
  });

  test('what has no field is shown below the form', async () => {
    const client = clientWith();
    client.fail('account.connect', { code: 'timeout', message: 'No answer in 30 s.' });
    const { user } = await show(client, '/accounts/connect/harbor');
    await user.type(await screen.findByTestId('field-apiKey'), 'hbr_1');
    await user.click(screen.getByTestId('connect-submit'));
    expect(await screen.findByText('No answer in 30 s.')).toBeInTheDocument();
  });

  test('the way and another endpoint are sent; the ways can be tried first', async () => {
    const client = clientWith({
      nodes: [makeNode({ name: 'attic', state: 'asleep' }), makeNode({ name: 'cellar' })],
    });
    client.answer('provider.probe', () => ({
      transports: [
        { transport: 'direct', verdict: 'blocked', sees: 'Nobody.', why: 'No CORS.' },
        { transport: 'relay', relay: 'id-cellar', verdict: 'works', sees: 'It sees.' },
      ],
    }));
    const { user } = await show(client, '/accounts/connect/harbor');
    await user.click(await screen.findByTestId('connect-advanced'));
    await user.selectOptions(screen.getByTestId('connect-transport'), 'relay');
    const relay = screen.getByTestId('connect-relay');
    expect(relay).toHaveTextContent('attic (asleep)');
    expect(screen.getByText(/^cellar forwards your requests/)).toBeInTheDocument();
    await user.selectOptions(relay, 'id-attic');
    expect(screen.getByText(/^attic forwards your requests/)).toHaveTextContent(
      'the token in them',
    );
    await user.click(screen.getByTestId('probe'));
    expect(await screen.findByTestId('probe-result')).toHaveTextContent('No CORS.');
    expect(screen.getByTestId('probe-result')).toHaveTextContent('By cellar');
    await user.type(screen.getByTestId('connect-endpoint'), 'https://own.example');
    await user.type(screen.getByTestId('field-apiKey'), 'hbr_1');
    await user.click(screen.getByTestId('connect-submit'));
    await screen.findByTestId('connect-done');
    expect(client.sentOf('provider.probe')).toEqual([{ provider: 'harbor' }]);
    expect(client.sentOf('account.connect')[0]).toMatchObject({
      transport: 'relay',
      relay: 'id-attic',
      endpoint: 'https://own.example',
    });
  });

  test('an error about the way opens its fields, and they stay open while it is put right', async () => {
    const client = clientWith();
    client.fail('account.connect', {
      code: 'unreachable',
      message: 'It does not answer a web page.',
      hint: 'Claim a node.',
      field: 'transport',
    });
    const { user } = await show(client, '/accounts/connect/harbor');
    await user.type(await screen.findByTestId('field-apiKey'), 'hbr_1');
    await user.click(screen.getByTestId('connect-submit'));
    expect(await screen.findByText(/Claim a node/)).toBeInTheDocument();
    const details = screen.getByTestId('connect-transport').closest('details');
    expect(details).toHaveAttribute('open');
    await user.selectOptions(screen.getByTestId('connect-transport'), 'relay');
    expect(screen.getByText(/No node of yours is awake/)).toBeInTheDocument();
    expect(details).toHaveAttribute('open');
  });

  test('a second account takes a word after the terms', async () => {
    const client = clientWith();
    client.answer('account.connect', ({ second }) => {
      if (second) return { account: makeAccount() };
      throw new EngineError({
        code: 'conflict',
        message: 'Harbor Cloud allows 1 a person.',
        hint: 'Pooling breaks most terms.',
        field: 'second',
      });
    });
    const { user } = await show(client, '/accounts/connect/harbor');
    await user.type(await screen.findByTestId('field-apiKey'), 'hbr_1');
    await user.click(screen.getByTestId('connect-submit'));
    const terms = await screen.findByTestId('second-account');
    expect(terms).toHaveTextContent('Harbor Cloud allows 1 a person.');
    expect(terms).toHaveTextContent('Pooling breaks most terms.');
    await user.click(screen.getByTestId('connect-second'));
    await user.type(screen.getByTestId('field-apiKey'), 'hbr_1');
    await user.click(screen.getByTestId('connect-submit'));
    await screen.findByTestId('connect-done');
    expect(client.sentOf('account.connect')[1]?.second).toBe(true);
  });

  test('offline it is refused with the reason', async () => {
    const controller = { ...makeSnapshot().controller, online: false };
    await show(clientWith({ controller }), '/accounts/connect/harbor');
    expect(await screen.findByTestId('connect-submit')).toBeDisabled();
    expect(screen.getByText(/it needs the network/)).toBeInTheDocument();
  });

  test('an unknown provider leads back to all of them', async () => {
    await show(clientWith(), '/accounts/connect/nobody');
    expect(await screen.findByText('There is no provider called nobody')).toBeInTheDocument();
  });
});

describe('signing in', () => {
  async function begin(client: FakeClient) {
    const open = vi.spyOn(window, 'open').mockReturnValue(null);
    const shown = await show(client, '/accounts/connect/delta');
    await shown.user.click(await screen.findByTestId('tab-sign-in'));
    expect(screen.getByText('Register an application of your own there first.')).toBeVisible();
    await shown.user.type(screen.getByTestId('connect-client'), 'client-1');
    await shown.user.click(screen.getByTestId('connect-submit'));
    expect(await screen.findByTestId('connect-window')).toHaveAttribute(
      'href',
      'https://delta.example/authorize',
    );
    return { ...shown, open };
  }

  function come(answer: Record<string, string>): BroadcastChannel {
    const channel = new BroadcastChannel(channelOf('s1'));
    channel.postMessage({ type: 'answer', answer });
    return channel;
  }

  test('the provider opens apart, and its answer finishes it', async () => {
    const client = clientWith();
    const { open } = await begin(client);
    expect(open).toHaveBeenCalledWith(
      'https://delta.example/authorize',
      '_blank',
      'noopener,noreferrer',
    );
    const channel = come({ code: 'c1', state: 's1' });
    expect(await screen.findByTestId('connect-done')).toHaveTextContent('Signed in is connected');
    channel.close();
    expect(client.sentOf('oauth.begin')).toEqual([
      { provider: 'delta', client: 'client-1', redirect: `${window.location.origin}/oauth.html` },
    ]);
    expect(client.sentOf('oauth.finish')).toEqual([
      { state: 's1', answer: { code: 'c1', state: 's1' } },
    ]);
  });

  test('an answer of another sign-in is left alone; calling off goes back to the form', async () => {
    const client = clientWith();
    const { user } = await begin(client);
    const channel = come({ code: 'c1', state: 'other' });
    await user.click(screen.getByTestId('connect-cancel'));
    channel.close();
    expect(await screen.findByTestId('connect-client')).toHaveValue('client-1');
    expect(client.sentOf('oauth.finish')).toEqual([]);
  });

  test('who does not come back within ten minutes is told so', async () => {
    const client = clientWith();
    const clock = vi.spyOn(globalThis, 'setTimeout');
    await begin(client);
    const late = clock.mock.calls.find(([, ms]) => ms === SIGN_IN_MS)?.[0];
    act(() => (late as () => void)());
    expect(await screen.findByText(/within ten minutes/)).toBeInTheDocument();
    expect(screen.getByTestId('connect-client')).toHaveValue('client-1');
  });

  test('a provider that cannot be reached from here is told, with what to do', async () => {
    const client = clientWith();
    client.fail('oauth.finish', {
      code: 'unreachable',
      message: 'It does not answer a web page.',
      hint: 'Claim a node.',
      field: 'transport',
    });
    await begin(client);
    const channel = come({ code: 'c1', state: 's1' });
    expect(await screen.findByText(/Claim a node\./)).toBeInTheDocument();
    channel.close();
  });

  test('a question about a second account costs no other sign-in', async () => {
    const client = clientWith();
    client.fail('oauth.finish', {
      code: 'conflict',
      message: 'There is an account of Deltabase already.',
      field: 'second',
    });
    const { user } = await begin(client);
    const channel = come({ code: 'c1', state: 's1' });
    await user.click(await screen.findByRole('checkbox'));
    client.answer('oauth.finish', () => ({ account: makeAccount({ name: 'Signed in' }) }));
    await user.click(screen.getByTestId('connect-submit'));
    expect(await screen.findByTestId('connect-done')).toBeInTheDocument();
    channel.close();
    expect(client.sentOf('oauth.begin')).toHaveLength(1);
    expect(client.sentOf('oauth.finish').at(-1)).toEqual({
      state: 's1',
      answer: { state: 's1' },
      second: true,
    });
  });

  test('the client id is there the next time', async () => {
    const client = clientWith();
    const { user } = await begin(client);
    await user.click(screen.getByTestId('connect-cancel'));
    expect(localStorage.getItem('automator67.client.delta')).toBe('client-1');
    await show(client, '/accounts/connect/delta');
    for (const tab of await screen.findAllByTestId('tab-sign-in')) await user.click(tab);
    for (const input of screen.getAllByTestId('connect-client'))
      expect(input).toHaveValue('client-1');
  });

  test('a client id is needed', async () => {
    const client = clientWith();
    const { user } = await show(client, '/accounts/connect/delta');
    await user.click(await screen.findByTestId('tab-sign-in'));
    await user.click(screen.getByTestId('connect-submit'));
    expect(screen.getByText('This is needed.')).toBeInTheDocument();
    await waitFor(() => expect(client.sentOf('oauth.begin')).toEqual([]));
  });

  test('a second account is asked about before, since a sign-in is good for one answer', async () => {
    const client = clientWith();
    client.answer('account.list', () => ({
      accounts: [makeAccount({ id: 'delta', provider: 'delta' })],
    }));
    await show(client, '/accounts/connect/delta');
    expect(await screen.findByTestId('second-account')).toHaveTextContent(
      'There is an account of Deltabase already.',
    );
  });
});
