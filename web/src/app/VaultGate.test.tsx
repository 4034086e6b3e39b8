import { act, render, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, test } from 'vitest';
import { createEngineStore } from '../engine/engine-store';
import { deployStore } from '../features/deploy/deploy-draft';
import { FakeClient } from '../testing/fake-client';
import { makeApp, makeNode, makeVault } from '../testing/fake-data';
import { useFakeStrength } from '../testing/fake-strength-worker';
import { screen } from '../testing/render';
import { App } from './App';

function open(client: FakeClient): ReturnType<typeof userEvent.setup> {
  const store = createEngineStore(() => Promise.resolve(client));
  store.start();
  render(<App store={store} claim={null} />);
  return userEvent.setup();
}

function locked(): FakeClient {
  const client = new FakeClient({ nodes: [makeNode()], apps: [makeApp()] });
  client.vault = makeVault({ state: 'locked' });
  client.answer('vault.unlock', () => client.setVault({ state: 'open' }));
  return client;
}

beforeEach(useFakeStrength);

describe('VaultGate', () => {
  test('a splash while the engine starts, then whatever the vault asks for', async () => {
    const client = new FakeClient();
    client.vault = { state: 'absent', methods: [] };
    open(client);
    expect(screen.getByTestId('splash')).toBeInTheDocument();
    expect(
      await screen.findByRole('heading', { level: 1, name: 'Set up your workspace' }),
    ).toBeInTheDocument();
    expect(screen.queryByRole('navigation')).toBeNull();
  });

  test('unlocking shows the page that was asked for', async () => {
    window.history.replaceState(null, '', '/nodes');
    const user = open(locked());
    await user.type(await screen.findByTestId('unlock-passphrase'), 'violet{Enter}');
    expect(await screen.findByRole('heading', { level: 1, name: 'Nodes' })).toBeInTheDocument();
    expect(window.location.pathname).toBe('/nodes');
  });

  test('g l locks: the pages and what was being set up are gone at once', async () => {
    const client = locked();
    client.vault = makeVault();
    const user = open(client);
    await screen.findByRole('heading', { level: 1, name: 'Overview' });
    act(() => deployStore.change({ gitUrl: 'https://example.com/secret.git' }));
    await user.keyboard('gl');
    expect(await screen.findByTestId('unlock-passphrase')).toHaveFocus();
    expect(client.locks).toBe(1);
    expect(document.body).not.toHaveTextContent('guestbook');
    expect(deployStore.snapshot().gitUrl).toBe('');
  });

  test('the button locks; the list of shortcuts names the key', async () => {
    const client = locked();
    client.vault = makeVault();
    const user = open(client);
    await screen.findByRole('heading', { level: 1, name: 'Overview' });
    await user.keyboard('?');
    expect(await screen.findByText('Lock the workspace')).toBeInTheDocument();
    await user.keyboard('{Escape}');
    await user.click(screen.getByTestId('lock'));
    expect(await screen.findByTestId('unlock-passphrase')).toBeInTheDocument();
  });

  test('a lock elsewhere is followed', async () => {
    const client = locked();
    client.vault = makeVault();
    open(client);
    await screen.findByRole('heading', { level: 1, name: 'Overview' });
    act(() => void client.setVault({ state: 'locked' }));
    expect(await screen.findByTestId('unlock-passphrase')).toBeInTheDocument();
  });

  test('a lock that fails is told', async () => {
    const client = locked();
    client.vault = makeVault();
    client.lock = () => Promise.reject(new Error('The worker does not answer.'));
    const user = open(client);
    await user.click(await screen.findByTestId('lock'));
    expect(await screen.findByTestId('toast')).toHaveTextContent('The workspace is not locked.');
    await waitFor(() => expect(screen.getByTestId('lock')).toBeInTheDocument());
  });
});
