import { waitFor } from '@testing-library/react';
import { describe, expect, test } from 'vitest';
import { FakeClient } from '../../testing/fake-client';
import { makeStorage } from '../../testing/fake-data';
import { renderWith, screen } from '../../testing/render';
import { DamageNotice } from './DamageNotice';

function clientWith(count: number): FakeClient {
  const client = new FakeClient();
  const damages = Array.from({ length: count }, (_, index) => ({
    where: `w/main/log/000000000000000${index}`,
    what: 'Its seal does not open.',
  }));
  client.answer('storage.status', () => ({ storage: makeStorage({ damages }) }));
  return client;
}

describe('DamageNotice', () => {
  test('nothing when all could be read', async () => {
    const client = clientWith(0);
    await renderWith(client, <DamageNotice />);
    await waitFor(() => expect(client.sentOf('storage.status')).toHaveLength(1));
    expect(screen.queryByTestId('damage-notice')).toBeNull();
  });

  test('how many, that the rest is there, which, and the way to a copy', async () => {
    const { user } = await renderWith(clientWith(2), <DamageNotice />);
    const notice = await screen.findByTestId('damage-notice');
    expect(notice).toHaveTextContent('2 stored items could not be read');
    expect(notice).toHaveTextContent('nothing was overwritten');
    expect(screen.getByRole('link', { name: 'Save a backup first' })).toBeInTheDocument();
    const where = screen.getByText('w/main/log/0000000000000001');
    expect(where).not.toBeVisible();
    await user.click(screen.getByTestId('damage-details'));
    expect(where).toBeVisible();
    await user.click(screen.getByTestId('damage-dismiss'));
    expect(screen.queryByTestId('damage-notice')).toBeNull();
  });

  test('another way to save takes the link`s place', async () => {
    await renderWith(clientWith(1), <DamageNotice save={<button>Save a copy</button>} />);
    expect(await screen.findByText('Save a copy')).toBeInTheDocument();
    expect(screen.queryByRole('link')).toBeNull();
  });
});
