import { act, fireEvent, waitFor } from '@testing-library/react';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { SecretView } from '@automator67/worker';
import { FakeClient } from '../../../testing/fake-client';
import { makeChange, makeSecret } from '../../../testing/fake-data';
import { renderWith, screen } from '../../../testing/render';
import { SecretsPage } from './SecretsPage';
import { SHOWN_MS } from './use-reveal';

const DAY_MS = 86_400_000;
const VALUE = 'rnd_PLANTED_9f2c7a41d0';

function clientWith(...secrets: SecretView[]): FakeClient {
  const client = new FakeClient();
  let kept = secrets;
  client.answer('secret.list', () => ({ secrets: kept }));
  client.answer('secret.set', ({ name, note }) => {
    const secret = makeSecret({ name, ...(note && { note }) });
    kept = [...kept.filter((one) => one.name !== name), secret];
    client.emit('secret.changed', { secret });
    return { secret };
  });
  client.answer('secret.remove', ({ name }) => {
    kept = kept.filter((one) => one.name !== name);
    client.emit('secret.removed', { secret: name });
    return {};
  });
  client.answer('secret.reveal', ({ name }) => ({ value: VALUE, secret: makeSecret({ name }) }));
  return client;
}

const render = (client: FakeClient) => renderWith(client, <SecretsPage />);

describe('SecretsPage', () => {
  afterEach(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
  });

  test('none: what they are for, and the way to add one', async () => {
    await render(clientWith());
    expect(await screen.findByText('No secrets yet')).toBeInTheDocument();
    expect(screen.getByTestId('secret-add')).toBeInTheDocument();
  });

  test('what is due comes first, with its badge; none shows its value', async () => {
    await render(
      clientWith(
        makeSecret({ name: 'a', dueAt: Date.now() + 3 * DAY_MS }),
        makeSecret({ name: 'b', note: 'for Render', due: true, dueAt: Date.now() - 1 }),
        makeSecret({ name: 'c', lastUsedAt: Date.now() - 2 * DAY_MS }),
      ),
    );
    const rows = await screen.findAllByTestId('secret-row');
    expect(rows.map((row) => row.dataset['secret'])).toEqual(['b', 'a', 'c']);
    expect(rows[0]).toHaveTextContent('Replace now');
    expect(rows[0]).toHaveTextContent('for Render');
    expect(rows[1]).toHaveTextContent('Replace in 3 days');
    expect(rows[2]).toHaveTextContent('used 2 days ago');
    expect(rows[0]).toHaveTextContent('never used');
  });

  test('adding: checked while typed, sent once, nowhere on the page afterwards', async () => {
    const client = clientWith(makeSecret({ name: 'taken' }));
    const { user } = await render(client);
    await user.click(await screen.findByTestId('secret-add'));
    await user.type(screen.getByTestId('secret-name'), 'taken');
    await user.click(screen.getByTestId('secret-save'));
    expect(screen.getAllByTestId('error-message')[0]).toHaveTextContent('of this name already');
    await user.clear(screen.getByTestId('secret-name'));
    await user.type(screen.getByTestId('secret-name'), 'render-token');
    await user.type(screen.getByTestId('secret-note'), 'for Render');
    await user.type(screen.getByTestId('secret-days'), '90');
    fireEvent.change(screen.getByTestId('secret-expires'), { target: { value: '2030-05-04' } });
    await user.click(screen.getByTestId('secret-save'));
    expect(screen.getByTestId('error-message')).toHaveTextContent('Type or paste the secret.');
    expect(screen.getByTestId('secret-value')).toHaveAttribute('type', 'password');
    await user.type(screen.getByTestId('secret-value'), VALUE);
    await user.click(screen.getByTestId('secret-save'));
    await waitFor(() => expect(screen.queryByTestId('secret-dialog')).toBeNull());
    expect(client.sentOf('secret.set')).toEqual([
      {
        name: 'render-token',
        value: VALUE,
        note: 'for Render',
        rotateDays: 90,
        expiresAt: new Date('2030-05-04T00:00:00').getTime(),
      },
    ]);
    expect(await screen.findAllByTestId('secret-row')).toHaveLength(2);
    expect(document.body.innerHTML).not.toContain(VALUE);
  });

  test('a key of several lines is pasted as it is', async () => {
    const client = clientWith();
    const { user } = await render(client);
    await user.click(await screen.findByTestId('secret-add'));
    await user.type(screen.getByTestId('secret-name'), 'key');
    await user.click(screen.getByTestId('secret-value'));
    await user.paste('-----BEGIN-----\nabc\n-----END-----\n');
    expect(screen.getByTestId('secret-value-lines')).toHaveFocus();
    await user.click(screen.getByTestId('secret-save'));
    await waitFor(() =>
      expect(client.sentOf('secret.set')).toEqual([
        { name: 'key', value: '-----BEGIN-----\nabc\n-----END-----\n' },
      ]),
    );
  });

  test('editing sends only what was changed; a new value can be taken back', async () => {
    const client = clientWith(makeSecret({ name: 'token', note: 'old', rotateDays: 90 }));
    client.answer('history.list', () => ({ changes: [makeChange({ change: 12 })], more: false }));
    client.answer('history.undo', () => ({ secret: makeSecret({ name: 'token' }) }));
    const { user } = await render(client);
    await user.click(await screen.findByTestId('secret-actions'));
    await user.click(await screen.findByTestId('secret-edit'));
    expect(screen.queryByTestId('secret-name')).toBeNull();
    await user.clear(screen.getByTestId('secret-days'));
    await user.type(screen.getByTestId('secret-value'), 'fresh');
    await user.click(screen.getByTestId('secret-save'));
    await waitFor(() =>
      expect(client.sentOf('secret.set')).toEqual([
        { name: 'token', value: 'fresh', rotateDays: 0 },
      ]),
    );
    await user.click(await screen.findByTestId('toast-undo'));
    await waitFor(() =>
      expect(client.sentOf('history.undo')).toEqual([{ entity: 'secret/token', change: 12 }]),
    );
  });

  test('shown when asked, and hidden again by itself', async () => {
    const client = clientWith(makeSecret());
    await render(client);
    const show = await screen.findByTestId('secret-show');
    vi.useFakeTimers();
    fireEvent.click(show);
    await act(() => vi.advanceTimersByTimeAsync(0));
    expect(screen.getByTestId('secret-shown')).toHaveTextContent(VALUE);
    await act(() => vi.advanceTimersByTimeAsync(SHOWN_MS));
    expect(screen.queryByTestId('secret-shown')).toBeNull();
    expect(client.sentOf('secret.reveal')).toEqual([{ name: 'render-token' }]);
  });

  test('copied without being shown', async () => {
    const client = clientWith(makeSecret());
    const { user } = await render(client);
    const write = vi.spyOn(navigator.clipboard, 'writeText').mockResolvedValue();
    await user.click(await screen.findByTestId('secret-copy'));
    await waitFor(() => expect(write).toHaveBeenCalledWith(VALUE));
    expect(await screen.findByTestId('toast')).toHaveTextContent('cleared in 30 seconds');
    expect(screen.queryByTestId('secret-shown')).toBeNull();
  });

  test('removed after a question, and brought back by Undo', async () => {
    const client = clientWith(makeSecret());
    client.answer('history.list', () => ({
      changes: [makeChange({ change: 30, deleted: true }, [])],
      more: false,
    }));
    client.answer('history.undo', () => ({ secret: makeSecret() }));
    const { user } = await render(client);
    await user.click(await screen.findByTestId('secret-actions'));
    await user.click(await screen.findByTestId('secret-remove'));
    await user.click(await screen.findByTestId('confirm-yes'));
    await waitFor(() => expect(screen.queryByTestId('secret-row')).toBeNull());
    await user.click(await screen.findByTestId('toast-undo'));
    await waitFor(() =>
      expect(client.sentOf('history.undo')).toEqual([
        { entity: 'secret/render-token', change: 30 },
      ]),
    );
  });
});
