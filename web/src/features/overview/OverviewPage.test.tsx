import { act, within } from '@testing-library/react';
import { describe, expect, test } from 'vitest';
import { FakeClient } from '../../testing/fake-client';
import { makeActivity, makeApp, makeNode, makeReplica } from '../../testing/fake-data';
import { renderWith, screen } from '../../testing/render';
import { totalsOf } from './cloud-facts';
import { OverviewPage } from './OverviewPage';

describe('OverviewPage', () => {
  test('a first visit is led to claiming; with nodes, to deploying', async () => {
    const client = new FakeClient();
    await renderWith(client, <OverviewPage />);
    // A sync server runs no apps.
    act(() => client.emit('node.changed', { node: makeNode({ name: 'attic', role: 'server' }) }));
    expect(screen.getByTestId('first-claim')).toHaveAttribute('href', '/nodes');
    act(() => client.emit('node.changed', { node: makeNode() }));
    expect(screen.queryByTestId('first-claim')).toBeNull();
    expect(screen.getByTestId('first-deploy')).toHaveAttribute('href', '/deploy');
  });

  test('the picture is hidden from screen readers, which get the same as a table', async () => {
    const client = new FakeClient({
      nodes: [makeNode({ name: 'entry', role: 'gateway' }), makeNode({ name: 'node-1' })],
      apps: [
        makeApp({
          replicas: [makeReplica({ state: 'ready' }), makeReplica({ id: 'x', state: 'building' })],
        }),
      ],
    });
    await renderWith(client, <OverviewPage />);
    expect(screen.getByTestId('cloud-picture')).toHaveAttribute('aria-hidden', 'true');
    const row = within(screen.getByRole('table')).getByRole('row', { name: /node-1/ });
    expect(row).toHaveTextContent('1 of 2 replicas ready');
    act(() => client.emit('node.changed', { node: makeNode({ name: 'node-1', state: 'dead' }) }));
    expect(row).toHaveTextContent('Dead');
  });

  test('the table can be seen by everyone', async () => {
    const { user } = await renderWith(
      new FakeClient({ nodes: [makeNode()], apps: [makeApp()] }),
      <OverviewPage />,
    );
    await user.click(screen.getByTestId('cloud-toggle'));
    expect(screen.queryByTestId('cloud-picture')).toBeNull();
    expect(screen.getByTestId('cloud-table')).not.toHaveClass('sr-only');
  });

  test('recent activity: newest first', async () => {
    const client = new FakeClient({
      activity: [
        makeActivity({ seq: 1, message: 'first' }),
        makeActivity({ seq: 2, message: 'second' }),
      ],
    });
    await renderWith(client, <OverviewPage />);
    const rows = screen.getAllByTestId('activity-row');
    expect(rows.map((row) => row.querySelector('p')?.textContent)).toEqual(['second', 'first']);
  });
});

test('totals: a stopped app wants no replicas', () => {
  const stopped = makeApp({
    name: 'b',
    state: 'stopped',
    replicas: [],
    replicasWanted: 3,
    replicasReady: 0,
    requestsPerSecond: 0,
  });
  expect(totalsOf([makeNode(), makeNode({ state: 'dead' })], [makeApp(), stopped])).toMatchObject({
    apps: 2,
    replicasReady: 3,
    replicasWanted: 3,
    nodesAwake: 1,
    nodes: 2,
  });
});
