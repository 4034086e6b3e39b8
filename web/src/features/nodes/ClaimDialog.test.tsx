import { EngineError } from '@automator67/worker';
import { waitFor, within } from '@testing-library/react';
import { expect, test, vi } from 'vitest';
import { FakeClient } from '../../testing/fake-client';
import { makeNode } from '../../testing/fake-data';
import { renderWith, screen } from '../../testing/render';
import { ClaimDialog } from './ClaimDialog';

const TARGETS = [
  { url: 'http://127.0.0.1:4601', code: 'AAAA-BBBB-CCCC' },
  { url: 'http://127.0.0.1:4602', code: 'DDDD-EEEE-FFFF' },
];

function dialog(onOpenChange = vi.fn(), targets = TARGETS) {
  return <ClaimDialog targets={targets} problem={null} open onOpenChange={onOpenChange} />;
}

test('ClaimDialog: nothing is claimed before the person says so', async () => {
  const client = new FakeClient();
  await renderWith(client, dialog());
  expect(screen.getByRole('dialog', { name: 'Claim these 2 nodes?' })).toBeInTheDocument();
  expect(client.sentOf('node.claim')).toEqual([]);
});

test('ClaimDialog: one refused node does not stop the other, and is tried again alone', async () => {
  const client = new FakeClient();
  let refuse = true;
  client.answer('node.claim', ({ url }) => {
    if (refuse && url.endsWith('4602')) {
      throw new EngineError({
        code: 'forbidden',
        message: 'The code is wrong.',
        hint: 'Copy it again.',
      });
    }
    return { node: makeNode({ name: `node-${url.slice(-1)}` }) };
  });
  const { user } = await renderWith(client, dialog());
  await user.click(screen.getByTestId('claim-confirm'));
  const [first, second] = screen.getAllByTestId('claim-row');
  await waitFor(() => expect(second).toHaveAttribute('data-state', 'failed'));
  expect(first).toHaveTextContent('Claimed as node-1');
  expect(second).toHaveTextContent('Copy it again.');
  refuse = false;
  await user.click(within(second as HTMLElement).getByRole('button', { name: /Try again/ }));
  expect(await screen.findByRole('dialog', { name: '2 nodes claimed' })).toBeInTheDocument();
  expect(client.sentOf('node.claim').map((body) => body.url.slice(-1))).toEqual(['1', '2', '2']);
});

test('ClaimDialog: a damaged link explains itself and offers no claim', async () => {
  await renderWith(
    new FakeClient(),
    <ClaimDialog targets={[]} problem="This claim link is damaged." open onOpenChange={vi.fn()} />,
  );
  expect(screen.getByTestId('error-message')).toHaveTextContent('damaged');
  expect(screen.queryByTestId('claim-confirm')).toBeNull();
});
