import type { MadeNode } from '@automator67/worker';
import { act, waitFor } from '@testing-library/react';
import { expect, test } from 'vitest';
import { FakeClient } from '../../testing/fake-client';
import { renderWith, screen } from '../../testing/render';
import { MadeNodes } from './MadeNodes';

function make(part: Partial<MadeNode> = {}): MadeNode {
  return {
    id: 'render.a67-node',
    account: 'render',
    providerName: 'Render',
    name: 'a67-node',
    step: 'answering',
    since: Date.now(),
    ...part,
  };
}

test('what is being made is shown until it is in the fleet', async () => {
  const client = new FakeClient();
  client.answer('node.made', () => ({ made: [make({ url: 'https://a67-node.example' })] }));
  await renderWith(client, <MadeNodes />);
  expect(await screen.findByTestId('made-row')).toHaveTextContent('a67-nodeat Render');
  expect(screen.getByText('https://a67-node.example')).toBeVisible();
  act(() => client.emit('made.changed', { made: [make({ step: 'ready', node: 'n-1' })] }));
  await waitFor(() => expect(screen.queryByTestId('made-nodes')).toBeNull());
});

test('one that failed says why, and what is left is removed', async () => {
  const client = new FakeClient();
  const problem = { code: 'timeout', message: 'It did not answer within 15 minutes.' };
  client.answer('node.made', () => ({ made: [make({ step: 'failed', problem })] }));
  client.answer('node.unmake', () => ({}));
  const { user } = await renderWith(client, <MadeNodes />);
  expect(await screen.findByText('It did not answer within 15 minutes.')).toBeVisible();
  await user.click(screen.getByTestId('made-remove'));
  await user.click(screen.getByTestId('confirm-yes'));
  await waitFor(() => expect(client.sentOf('node.unmake')).toEqual([{ made: 'render.a67-node' }]));
});
