import { within } from '@testing-library/react';
import { describe, expect, test } from 'vitest';
import { makeProvider } from '../../testing/fake-accounts';
import { FakeClient } from '../../testing/fake-client';
import { renderWith, screen } from '../../testing/render';
import { ProviderPage } from './ProviderPage';

function clientWith(): FakeClient {
  const client = new FakeClient();
  client.answer('provider.list', () => ({ providers: [makeProvider()] }));
  client.answer('provider.override', ({ key, value, note }) => ({
    provider: makeProvider({
      values: makeProvider().values.map((one) =>
        one.key === key ? { ...one, overridden: value, overrideNote: note } : one,
      ),
    }),
  }));
  return client;
}

async function rowOf(key: string): Promise<HTMLElement> {
  const rows = await screen.findAllByTestId('policy-row');
  return rows.find((one) => one.dataset['key'] === key) as HTMLElement;
}

describe('ProviderPage', () => {
  test('every value has its source, date and trust, and says when it is old', async () => {
    await renderWith(clientWith(), <ProviderPage id="harbor" />);
    const memory = await rowOf('free.memory');
    expect(memory).toHaveTextContent('512 MB');
    expect(memory).toHaveTextContent('Reported by others · 2026-01-23 · third parties');
    expect(within(memory).getByTestId('stale')).toBeInTheDocument();
    expect(await rowOf('free.egress')).toHaveTextContent('the free amount was not found');
  });

  test('a value is overridden with a note, and taken back', async () => {
    const client = clientWith();
    const { user } = await renderWith(client, <ProviderPage id="harbor" />);
    await user.click(within(await rowOf('free.memory')).getByTestId('policy-override'));
    const input = screen.getByTestId('override-value');
    expect(input).toHaveValue('512');
    await user.clear(input);
    await user.type(input, 'much');
    await user.click(screen.getByTestId('override-save'));
    expect(screen.getByText('A number, with a point for decimals.')).toBeInTheDocument();
    await user.clear(input);
    await user.type(input, '1024');
    await user.type(screen.getByTestId('override-note'), 'measured');
    await user.click(screen.getByTestId('override-save'));
    await screen.findByTestId('toast');
    const row = await rowOf('free.memory');
    expect(row).toHaveTextContent('1,024 MB');
    expect(row).toHaveTextContent('Your value: measured. The card says 512 MB.');
    await user.click(within(row).getByTestId('policy-take-back'));
    await within(await rowOf('free.memory')).findByText('512 MB');
    expect(client.sentOf('provider.override')).toEqual([
      { provider: 'harbor', key: 'free.memory', value: 1024, note: 'measured' },
      { provider: 'harbor', key: 'free.memory' },
    ]);
  });

  test('where the card has no value, one says what kind it is', async () => {
    const client = clientWith();
    const { user } = await renderWith(client, <ProviderPage id="harbor" />);
    await user.click(within(await rowOf('free.egress')).getByTestId('policy-override'));
    await user.selectOptions(screen.getByTestId('override-kind'), 'A text');
    await user.type(screen.getByTestId('override-value'), 'plenty');
    await user.click(screen.getByTestId('override-save'));
    await screen.findByTestId('toast');
    expect(client.sentOf('provider.override')[0]?.value).toBe('plenty');
  });

  test('an unknown provider leads back to all of them', async () => {
    await renderWith(clientWith(), <ProviderPage id="nobody" />);
    expect(await screen.findByText('There is no provider called nobody')).toBeInTheDocument();
  });
});
