import { act } from '@testing-library/react';
import { expect, test } from 'vitest';
import { FakeClient } from '../../testing/fake-client';
import { makeApp, makeDeployment, makeNode } from '../../testing/fake-data';
import { renderWith, screen } from '../../testing/render';
import { AppsPage } from './AppsPage';

test('AppsPage: without apps it tells the next step, which depends on the nodes', async () => {
  const client = new FakeClient();
  await renderWith(client, <AppsPage />);
  expect(screen.getByRole('link', { name: 'Claim a node first' })).toHaveAttribute(
    'href',
    '/nodes',
  );
  act(() => client.emit('node.changed', { node: makeNode() }));
  expect(screen.getByRole('link', { name: 'Deploy your first app' })).toHaveAttribute(
    'href',
    '/deploy',
  );
});

test('AppsPage: a card follows its app by events, through a rollout', async () => {
  const client = new FakeClient({ apps: [makeApp()] });
  await renderWith(client, <AppsPage />);
  expect(screen.getByTestId('app-card')).toHaveAttribute('data-state', 'running');
  const deployment = makeDeployment({
    state: 'building',
    percent: 40,
    step: 'Building on node-2.',
  });
  act(() => client.emit('app.changed', { app: makeApp({ state: 'deploying', deployment }) }));
  expect(screen.getByTestId('app-card')).toHaveAttribute('data-state', 'deploying');
  expect(screen.getByText('Building on node-2.')).toBeInTheDocument();
  expect(screen.getByRole('progressbar')).toHaveAttribute('aria-valuenow', '40');
});
