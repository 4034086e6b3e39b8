import { EngineError } from '@automator67/worker';
import { act, waitFor, within } from '@testing-library/react';
import { describe, expect, test } from 'vitest';
import { FakeClient } from '../testing/fake-client';
import { makeApp, makeNode } from '../testing/fake-data';
import { renderWith, screen } from '../testing/render';
import { Routes } from './Routes';
import { Shell } from './Shell';

const page = (
  <Shell>
    <Routes />
  </Shell>
);

describe('Shell', () => {
  test('g then a letter goes somewhere; the content gets the focus and the title follows', async () => {
    const { user } = await renderWith(new FakeClient(), page);
    await user.keyboard('gn');
    expect(await screen.findByRole('heading', { level: 1, name: 'Nodes' })).toBeInTheDocument();
    expect(window.location.pathname).toBe('/nodes');
    expect(screen.getByRole('main')).toHaveFocus();
    await waitFor(() => expect(document.title).toContain('Nodes'));
    expect(screen.getByTestId('nav-nodes')).toHaveAttribute('aria-current', 'page');
  });

  test('g then k goes to the secrets', async () => {
    const { user } = await renderWith(new FakeClient(), page);
    await user.keyboard('gk');
    expect(await screen.findByRole('heading', { level: 1, name: 'Secrets' })).toBeInTheDocument();
    expect(screen.getByTestId('nav-secrets')).toHaveAttribute('aria-current', 'page');
  });

  test('g then c goes to the accounts', async () => {
    const { user } = await renderWith(new FakeClient(), page);
    await user.keyboard('gc');
    expect(await screen.findByRole('heading', { level: 1, name: 'Accounts' })).toBeInTheDocument();
    expect(screen.getByTestId('nav-accounts')).toHaveAttribute('aria-current', 'page');
  });

  test.each(['/accounts', '/accounts/connect', '/accounts/connect/harbor', '/accounts/harbor'])(
    'the demo refuses %s with a sentence',
    async (path) => {
      window.history.replaceState(null, '', path);
      const { store } = await renderWith(new FakeClient(), page);
      await act(() => store.openDemo(() => Promise.resolve(new FakeClient())));
      const refusal = await screen.findByText(/no vault to seal a token in/);
      expect(refusal).toBeInTheDocument();
    },
  );

  test('Ctrl-K finds another workspace and goes there', async () => {
    const client = new FakeClient();
    client.answer('vault.workspaces', () => ({
      workspaces: [
        { id: 'main', name: 'My cloud', current: true },
        { id: 'k3x9w2ab', name: 'Client', current: false },
      ],
    }));
    const { user } = await renderWith(client, page);
    await user.keyboard('{Control>}k{/Control}');
    const palette = await screen.findByTestId('palette');
    await within(palette).findByText('Open workspace Client');
    await user.type(within(palette).getByRole('combobox'), 'workspace client{Enter}');
    await waitFor(() => expect(client.movedTo).toEqual(['k3x9w2ab']));
  });

  test('shortcuts keep quiet while a person types', async () => {
    window.history.replaceState(null, '', '/activity');
    const { user } = await renderWith(new FakeClient(), page);
    await user.type(await screen.findByTestId('activity-search'), 'gn?');
    expect(window.location.pathname).toBe('/activity');
    expect(screen.queryByRole('dialog')).toBeNull();
  });

  test('? lists the shortcuts, Escape closes the list', async () => {
    const { user } = await renderWith(new FakeClient(), page);
    await user.keyboard('?');
    expect(screen.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeInTheDocument();
    await user.keyboard('{Escape}');
    expect(screen.queryByRole('dialog')).toBeNull();
  });

  test('Ctrl-K finds an app and opens it', async () => {
    const { user } = await renderWith(new FakeClient({ apps: [makeApp()] }), page);
    await user.keyboard('{Control>}k{/Control}');
    const palette = await screen.findByTestId('palette');
    await user.type(within(palette).getByRole('combobox'), 'open guest{Enter}');
    await waitFor(() => expect(window.location.pathname).toBe('/apps/guestbook'));
    expect(screen.queryByTestId('palette')).toBeNull();
  });

  test('the skip link moves the focus to the content', async () => {
    const { user } = await renderWith(new FakeClient(), page);
    await user.tab();
    expect(screen.getByRole('link', { name: 'Skip to the content' })).toHaveFocus();
    await user.keyboard('{Enter}');
    expect(screen.getByRole('main')).toHaveFocus();
  });

  test('an unknown address says so and offers the way back', async () => {
    window.history.replaceState(null, '', '/nowhere');
    await renderWith(new FakeClient(), page);
    expect(await screen.findByText('There is no such page')).toBeInTheDocument();
  });

  test('an engine that does not start is told, with a way to try again', async () => {
    const client = new FakeClient();
    client.fail('engine.state', {
      code: 'store_failed',
      message: 'The device could not load.',
      hint: 'Free some space.',
    });
    const { user } = await renderWith(client, page);
    expect(await screen.findByTestId('error-message')).toHaveTextContent('Free some space.');
    client.answer('engine.state', () => client.state);
    await user.click(screen.getByRole('button', { name: 'Restart the engine' }));
    expect(await screen.findByRole('heading', { level: 1, name: 'Overview' })).toBeInTheDocument();
  });
});

describe('ConnectionBanner', () => {
  test('nothing is said while all is well', async () => {
    await renderWith(new FakeClient(), page);
    expect(screen.queryByTestId('banner')).toBeNull();
  });

  test('offline, superseded, another tab, and a crash each say what it means', async () => {
    const client = new FakeClient({ nodes: [makeNode()] });
    const { user } = await renderWith(client, page);
    const { controller } = client.state;
    act(() => client.emit('controller.changed', { controller: { ...controller, online: false } }));
    expect(screen.getByTestId('banner')).toHaveTextContent('offline');
    act(() =>
      client.emit('controller.changed', { controller: { ...controller, state: 'superseded' } }),
    );
    expect(screen.getByTestId('banner')).toHaveTextContent('newer controller');
    act(() => client.emit('controller.changed', { controller }));
    client.role = 'follower';
    act(() => client.setStatus('follower'));
    expect(screen.getByTestId('banner')).toHaveTextContent('another tab');
    client.failure = new EngineError({ code: 'internal', message: 'It ran out of memory.' });
    act(() => client.setStatus('crashed'));
    expect(screen.getByTestId('banner')).toHaveTextContent('It ran out of memory.');
    await user.click(screen.getByRole('button', { name: 'Restart the engine' }));
    expect(client.restarts).toBe(1);
  });
});
