import { EngineError } from '@automator67/worker';
import { act, waitFor, within } from '@testing-library/react';
import { describe, expect, test } from 'vitest';
import { FakeClient } from '../testing/fake-client';
import { FAKE_DEVICE, makeApp, makeChange, makeDeployment } from '../testing/fake-data';
import { renderWith, screen } from '../testing/render';
import { HistoryList } from './HistoryList';

function clientWith(...changes: ReturnType<typeof makeChange>[]): FakeClient {
  const client = new FakeClient();
  client.answer('history.list', ({ before }) => ({
    changes: changes.filter((one) => one.change < (before ?? Infinity)).slice(0, 2),
    more: before === undefined && changes.length > 2,
  }));
  return client;
}

const list = <HistoryList entity="app/guestbook" version="1" />;

async function undoFirst(client: FakeClient) {
  const { user } = await renderWith(client, list);
  const [row] = await screen.findAllByTestId('history-row');
  await user.click(within(row as HTMLElement).getByTestId('history-undo'));
  await user.click(await screen.findByTestId('confirm-yes'));
}

describe('HistoryList', () => {
  test('each change in words, with its device; older ones on request', async () => {
    const client = clientWith(
      makeChange({ change: 9 }),
      makeChange({ change: 8, device: 'd-another' }, [['stopped', 'false', 'true']]),
      makeChange({ change: 3, undoable: false }, [['serving', '""', '"guestbook-r1"']]),
    );
    const { user } = await renderWith(client, list);
    await waitFor(() => expect(screen.getAllByTestId('history-row')).toHaveLength(2));
    const [first, second] = screen.getAllByTestId('history-row');
    expect(first).toHaveTextContent('Replicas 3 → 5');
    await waitFor(() => expect(first).toHaveTextContent('This device'));
    expect(first).not.toHaveTextContent(FAKE_DEVICE);
    expect(second).toHaveTextContent('Stopped');
    expect(second).toHaveTextContent('Device d-anothe');
    await user.click(screen.getByTestId('history-older'));
    await waitFor(() => expect(screen.getAllByTestId('history-row')).toHaveLength(3));
    expect(client.sentOf('history.list').at(-1)).toMatchObject({ before: 8 });
    expect(screen.queryByTestId('history-older')).toBeNull();
    const last = screen.getAllByTestId('history-row')[2] as HTMLElement;
    expect(within(last).queryByTestId('history-undo')).toBeNull();
  });

  test('undo asks, says what comes back, and goes as soon as the rollout has begun', async () => {
    const client = clientWith(makeChange({ change: 9 }));
    let finish: (() => void) | undefined;
    client.answer('history.undo', (_, { onProgress }) => {
      onProgress?.(makeDeployment({ kind: 'scale', state: 'starting' }));
      return new Promise((resolve) => (finish = () => resolve({ app: makeApp() })));
    });
    await undoFirst(client);
    await waitFor(() => expect(screen.queryByTestId('undo-dialog')).toBeNull());
    expect(client.sentOf('history.undo')).toEqual([{ entity: 'app/guestbook', change: 9 }]);
    const asked = client.sentOf('history.list').length;
    await act(async () => finish?.());
    expect(await screen.findByTestId('toast')).toHaveTextContent('The change was taken back.');
    await waitFor(() => expect(client.sentOf('history.list').length).toBeGreaterThan(asked));
  });

  test('what is refused at once stays in the dialog', async () => {
    const client = clientWith(makeChange());
    client.fail('history.undo', {
      code: 'conflict',
      message: 'It was changed again since.',
      hint: 'Undo the later change first.',
    });
    await undoFirst(client);
    expect(await screen.findByTestId('error-message')).toHaveTextContent(
      'Undo the later change first.',
    );
    expect(screen.getByTestId('undo-dialog')).toBeInTheDocument();
  });

  test('what fails after the rollout began is told above the list', async () => {
    const client = clientWith(makeChange());
    client.answer('history.undo', async (_, { onProgress }) => {
      onProgress?.(makeDeployment({ state: 'starting' }));
      await Promise.resolve();
      throw new EngineError({ code: 'unhealthy', message: 'GET /healthz answered 500.' });
    });
    await undoFirst(client);
    expect(await screen.findByTestId('error-message')).toHaveTextContent('answered 500');
    await waitFor(() => expect(screen.queryByTestId('undo-dialog')).toBeNull());
  });

  test('nothing is taken back while a rollout goes on', async () => {
    await renderWith(
      clientWith(makeChange()),
      <HistoryList entity="app/guestbook" version="1" blocked />,
    );
    expect(await screen.findByTestId('history-undo')).toBeDisabled();
  });

  test('an empty history says so', async () => {
    await renderWith(clientWith(), list);
    expect(await screen.findByText('Nothing was changed yet')).toBeInTheDocument();
  });
});
