import { within } from '@testing-library/react';
import { describe, expect, test } from 'vitest';
import { FakeClient } from '../../testing/fake-client';
import { makeApp, makeNode } from '../../testing/fake-data';
import { renderWith, screen } from '../../testing/render';
import { NodesPage } from './NodesPage';

describe('NodesPage', () => {
  test('without nodes it tells how to get the first', async () => {
    await renderWith(new FakeClient(), <NodesPage />);
    expect(screen.getByText('No nodes yet')).toBeInTheDocument();
    expect(screen.getByText('scripts/up')).toBeInTheDocument();
  });

  test('a card tells state, load, apps and what needs a person', async () => {
    const client = new FakeClient({
      nodes: [
        makeNode({
          name: 'node-1',
          state: 'throttled',
          attention: {
            code: 'clock_skew',
            message: 'Its clock is 90 s ahead.',
            hint: 'Set its clock.',
          },
        }),
      ],
      apps: [makeApp()],
    });
    await renderWith(client, <NodesPage />);
    const card = screen.getByTestId('node-card');
    expect(card).toHaveAttribute('data-node', 'node-1');
    expect(card).toHaveAttribute('data-state', 'throttled');
    expect(card).toHaveTextContent('Set its clock.');
    expect(within(card).getByRole('meter', { name: 'CPU' })).toHaveAttribute(
      'aria-valuetext',
      '24% of 2 cores',
    );
    expect(within(card).getByRole('link', { name: 'guestbook' })).toHaveAttribute(
      'href',
      '/apps/guestbook',
    );
  });

  test('a sync server says what it is, and shows no load of its own', async () => {
    const server = makeNode({ name: 'attic', role: 'server', gatewayUrl: '', replicas: 0 });
    await renderWith(new FakeClient({ nodes: [server] }), <NodesPage />);
    const card = screen.getByTestId('node-card');
    expect(card).toHaveTextContent('Sync server');
    expect(within(card).queryByRole('meter')).toBeNull();
    expect(card).not.toHaveTextContent('Latency');
    expect(card).not.toHaveTextContent('Replicas');
  });

  test('claiming by hand checks the input first, then shows the engine’s word at its field', async () => {
    const client = new FakeClient();
    client.fail('node.claim', {
      code: 'invalid_input',
      message: 'No node answers there.',
      field: 'url',
    });
    const { user } = await renderWith(client, <NodesPage />);
    await user.click(screen.getByTestId('claim-open'));
    await user.type(screen.getByTestId('claim-url'), 'node.local');
    await user.click(screen.getByTestId('claim-submit'));
    expect(screen.getByText('Begin with http:// or https://.')).toBeInTheDocument();
    expect(client.sentOf('node.claim')).toEqual([]);

    await user.clear(screen.getByTestId('claim-url'));
    await user.type(screen.getByTestId('claim-url'), 'http://127.0.0.1:4601');
    await user.type(screen.getByTestId('claim-code'), 'abcd-efgh-jkmn');
    await user.click(screen.getByTestId('claim-submit'));
    expect(await screen.findByText('No node answers there.')).toBeInTheDocument();
    expect(client.sentOf('node.claim')).toEqual([
      { url: 'http://127.0.0.1:4601', code: 'ABCD-EFGH-JKMN' },
    ]);
  });

  test('removing a node that hosts replicas needs its name typed', async () => {
    const client = new FakeClient({ nodes: [makeNode({ name: 'node-1', replicas: 2 })] });
    client.answer('node.remove', () => ({}));
    const { user } = await renderWith(client, <NodesPage />);
    await user.click(screen.getByRole('button', { name: 'Actions for node-1' }));
    await user.click(await screen.findByTestId('node-remove'));
    expect(screen.getByTestId('confirm-yes')).toBeDisabled();
    expect(screen.queryByTestId('remove-force')).toBeNull();
    await user.type(screen.getByTestId('confirm-name'), 'node-1');
    await user.click(screen.getByTestId('confirm-yes'));
    expect(await screen.findByTestId('toast')).toHaveTextContent('node-1 was removed.');
    expect(client.sentOf('node.remove')).toEqual([{ node: 'id-node-1', force: false }]);
  });

  test('a dead node may be forgotten by force', async () => {
    const client = new FakeClient({
      nodes: [makeNode({ name: 'node-1', replicas: 0, state: 'dead' })],
    });
    client.answer('node.remove', () => ({}));
    const { user } = await renderWith(client, <NodesPage />);
    await user.click(screen.getByRole('button', { name: 'Actions for node-1' }));
    await user.click(await screen.findByTestId('node-remove'));
    await user.click(screen.getByTestId('remove-force'));
    await user.click(screen.getByTestId('confirm-yes'));
    await screen.findByTestId('toast');
    expect(client.sentOf('node.remove')).toEqual([{ node: 'id-node-1', force: true }]);
  });
});
