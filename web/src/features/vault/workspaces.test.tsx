import { newWorkspaceId } from '@automator67/worker';
import { waitFor } from '@testing-library/react';
import { describe, expect, test } from 'vitest';
import { FakeClient } from '../../testing/fake-client';
import { makeVault } from '../../testing/fake-data';
import { renderWith, screen } from '../../testing/render';
import { EraseWorkspace } from './EraseWorkspace';
import { VaultFrame } from './VaultFrame';
import { WorkspaceMenu } from './WorkspaceMenu';

function clientWith(second = true): FakeClient {
  const client = new FakeClient();
  client.answer('vault.workspaces', () => ({
    workspaces: [
      { id: 'main', name: 'My cloud', current: true },
      ...(second ? [{ id: 'k3x9w2ab', name: 'Client', current: false }] : []),
    ],
  }));
  return client;
}

const frame = <VaultFrame title="A title">Inside</VaultFrame>;

describe('workspaces', () => {
  test('the menu goes to another one by the keyboard: the engine is ended and begins there', async () => {
    const client = clientWith();
    window.history.replaceState(null, '', '/apps/guestbook');
    const { user, store } = await renderWith(client, <WorkspaceMenu />);
    expect(screen.getByTestId('workspace-menu')).toHaveTextContent('My cloud');
    screen.getByTestId('workspace-menu').focus();
    await user.keyboard('{Enter}');
    await waitFor(() => expect(screen.getAllByTestId('workspace-item')).toHaveLength(2));
    await user.keyboard('{End}{ArrowUp}{Enter}');
    await waitFor(() => expect(client.movedTo).toEqual(['k3x9w2ab']));
    await waitFor(() => expect(store.snapshot().phase).toBe('locked'));
    expect(window.location.pathname).toBe('/');
  });

  test('choosing the one that is open does nothing', async () => {
    const client = clientWith();
    const { user } = await renderWith(client, <WorkspaceMenu />);
    await user.click(screen.getByTestId('workspace-menu'));
    await user.click((await screen.findAllByTestId('workspace-item'))[0] as HTMLElement);
    expect(client.locks).toBe(0);
  });

  test('a new one has an id of its own', async () => {
    const client = clientWith();
    const { user } = await renderWith(client, <WorkspaceMenu />);
    await user.click(screen.getByTestId('workspace-menu'));
    await user.click(await screen.findByTestId('workspace-new'));
    await waitFor(() => expect(client.movedTo).toHaveLength(1));
    expect(client.movedTo[0]).toMatch(/^[a-z0-9]{8}$/);
    expect(newWorkspaceId()).not.toBe(newWorkspaceId());
  });

  test('before one is made there is a way back to the others', async () => {
    const client = clientWith();
    client.vault = { state: 'absent', methods: [] };
    const { user } = await renderWith(client, frame);
    expect(await screen.findByTestId('workspace-item')).toHaveTextContent('Back to Client');
    expect(screen.queryByTestId('workspace-new')).toBeNull();
    await user.click(screen.getByTestId('workspace-item'));
    await waitFor(() => expect(client.movedTo).toEqual(['k3x9w2ab']));
  });

  test('a locked one leads to the others and to a new one', async () => {
    const client = clientWith();
    client.vault = makeVault({ state: 'locked' });
    await renderWith(client, frame);
    expect(await screen.findByTestId('workspace-item')).toHaveTextContent('Open Client');
    expect(screen.getByTestId('workspace-new')).toBeInTheDocument();
  });
});

describe('EraseWorkspace', () => {
  test('needs the name, then begins anew in a workspace that is left', async () => {
    const client = clientWith();
    client.answer('vault.erase', () => client.setVault({ state: 'absent' }));
    const { user } = await renderWith(client, <EraseWorkspace />);
    await user.click(screen.getByTestId('erase-workspace'));
    expect(await screen.findByTestId('confirm-yes')).toBeDisabled();
    await user.type(screen.getByTestId('confirm-name'), 'My cloud');
    await user.click(screen.getByTestId('confirm-yes'));
    await waitFor(() => expect(client.sentOf('vault.erase')).toEqual([{ name: 'My cloud' }]));
    await waitFor(() => expect(client.movedTo).toEqual(['k3x9w2ab']));
  });

  test('the last one: the engine is started anew all the same', async () => {
    const client = clientWith(false);
    client.answer('vault.erase', () => client.setVault({ state: 'absent' }));
    const { user } = await renderWith(client, <EraseWorkspace />);
    await user.click(screen.getByTestId('erase-workspace'));
    await user.type(await screen.findByTestId('confirm-name'), 'My cloud');
    await user.click(screen.getByTestId('confirm-yes'));
    await waitFor(() => expect(client.locks).toBe(1));
    expect(client.movedTo).toEqual([]);
  });
});
