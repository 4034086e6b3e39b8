import { EngineError, type LogLine } from '@automator67/worker';
import { act, waitFor, within } from '@testing-library/react';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { FakeClient } from '../../testing/fake-client';
import { makeApp, makeDeployment, makePoints, makeReplica } from '../../testing/fake-data';
import { renderWith, screen } from '../../testing/render';
import { AppPage } from './AppPage';

// uPlot draws on a canvas, which jsdom lacks; what it draws is looked at in a browser.
vi.mock('uplot', () => ({
  default: class {
    setData(): void {}
    setSize(): void {}
    destroy(): void {}
  },
}));

const page = (tab = 'replicas') => <AppPage name="guestbook" tab={tab} />;

function clientWith(app = makeApp()): FakeClient {
  return new FakeClient({ apps: [app] });
}

describe('AppPage', () => {
  test('header: state, address, ready of wanted', async () => {
    await renderWith(clientWith(), page());
    expect(screen.getByRole('heading', { level: 1, name: 'guestbook' })).toBeInTheDocument();
    expect(screen.getByTestId('app-ready')).toHaveTextContent(/^3\/3$/);
    expect(screen.getByTestId('app-url')).toHaveAttribute(
      'href',
      'http://127.0.0.1:4700/@guestbook/',
    );
    expect(screen.getByTestId('app-state')).toHaveAttribute('data-state', 'running');
  });

  test('a rollout of before a reload, or of another device, can be cancelled', async () => {
    const deployment = makeDeployment({ state: 'starting', percent: 40 });
    const client = clientWith(makeApp({ state: 'deploying', deployment }));
    client.answer('app.cancel', () => ({ app: makeApp(), deployment }));
    const { user } = await renderWith(client, page());
    await user.click(screen.getByTestId('app-rollout-cancel'));
    await waitFor(() => expect(client.sentOf('app.cancel')).toEqual([{ app: 'guestbook' }]));
  });

  test('an unknown app is told', async () => {
    await renderWith(new FakeClient(), page());
    expect(screen.getByText('There is no app called guestbook')).toBeInTheDocument();
  });

  async function scaleTo5(client: FakeClient) {
    const { user } = await renderWith(client, page());
    expect(screen.getByTestId('app-scale-apply')).toBeDisabled();
    await user.clear(screen.getByTestId('app-scale-input'));
    await user.type(screen.getByTestId('app-scale-input'), '5');
    await user.click(screen.getByTestId('app-scale-apply'));
    await user.click(await screen.findByTestId('toast-undo'));
  }

  test('Undo while scaling cancels it: the engine brings the former number back itself', async () => {
    const client = clientWith();
    client.answer('app.scale', (_, { onProgress }) => {
      onProgress?.(makeDeployment({ kind: 'scale', state: 'starting', percent: 10 }));
      return new Promise(() => {});
    });
    client.answer('app.cancel', () => ({ app: makeApp(), deployment: makeDeployment() }));
    await scaleTo5(client);
    await waitFor(() => expect(client.sentOf('app.cancel')).toEqual([{ app: 'guestbook' }]));
    expect(client.sentOf('app.scale')).toEqual([{ app: 'guestbook', replicas: 5 }]);
    expect(screen.queryByTestId('error-message')).toBeNull();
  });

  test('Undo after scaling orders the former number', async () => {
    const client = clientWith();
    client.answer('app.scale', () => ({ app: makeApp(), deployment: makeDeployment() }));
    client.answer('app.cancel', () => {
      throw new EngineError({ code: 'conflict', message: 'No rollout of guestbook is going on.' });
    });
    await scaleTo5(client);
    await waitFor(() =>
      expect(client.sentOf('app.scale').map((body) => body.replicas)).toEqual([5, 3]),
    );
  });

  test('stop offers Undo, which starts it again', async () => {
    const client = clientWith();
    client.answer('app.stop', () => ({ app: makeApp({ state: 'stopped' }) }));
    client.answer('app.start', () => ({ app: makeApp(), deployment: makeDeployment() }));
    const { user } = await renderWith(client, page());
    await user.click(screen.getByTestId('app-stop'));
    await user.click(await screen.findByTestId('toast-undo'));
    await waitFor(() => expect(client.sentOf('app.start')).toEqual([{ app: 'guestbook' }]));
  });

  test('a refused order is shown with its hint', async () => {
    const client = clientWith();
    client.fail('app.restart', {
      code: 'stale_epoch',
      message: 'A newer controller gives the orders.',
      hint: 'Use that one.',
    });
    const { user } = await renderWith(client, page());
    await user.click(screen.getByTestId('app-restart'));
    expect(await screen.findByTestId('error-message')).toHaveTextContent('Use that one.');
  });

  test('removing needs the name typed, then leads to the list', async () => {
    const client = clientWith();
    client.answer('app.remove', () => ({}));
    const { user } = await renderWith(client, page());
    await user.click(screen.getByTestId('app-remove'));
    await user.type(screen.getByTestId('confirm-name'), 'guest');
    expect(screen.getByTestId('confirm-yes')).toBeDisabled();
    await user.type(screen.getByTestId('confirm-name'), 'book');
    await user.click(screen.getByTestId('confirm-yes'));
    await waitFor(() => expect(window.location.pathname).toBe('/apps'));
    expect(client.sentOf('app.remove')).toEqual([{ app: 'guestbook' }]);
  });

  test('a rolled-back release says why, and that the former one serves', async () => {
    const deployment = makeDeployment({
      state: 'rolled-back',
      error: { code: 'unhealthy', message: 'GET /healthz answered 500.', lines: ['boom'] },
    });
    await renderWith(clientWith(makeApp({ deployment })), page());
    expect(screen.getByTestId('error-message')).toHaveTextContent('GET /healthz answered 500.');
    expect(screen.getByText(/Release 3 keeps serving/)).toBeInTheDocument();
  });

  test('replicas: what is wrong with one, and why it is where it is', async () => {
    const replica = makeReplica({
      state: 'backoff',
      restarts: 4,
      reason: { code: 'crashed', message: 'It stopped with exit code 1.' },
    });
    const { user } = await renderWith(clientWith(makeApp({ replicas: [replica] })), page());
    expect(screen.getByTestId('replica-row')).toHaveAttribute('data-state', 'backoff');
    expect(screen.getByText(/exit code 1/)).toBeInTheDocument();
    await user.click(screen.getByTestId('replica-why'));
    expect(await screen.findByRole('dialog', { name: 'Why node-1' })).toHaveTextContent(
      '82.4 / 100',
    );
  });

  test('releases: an earlier one serves again on request', async () => {
    const client = clientWith();
    client.answer('app.rollback', () => ({ app: makeApp(), deployment: makeDeployment() }));
    const { user } = await renderWith(client, page('releases'));
    const rows = screen.getAllByTestId('release-row');
    expect(within(rows[0] as HTMLElement).queryByTestId('release-rollback')).toBeNull();
    await user.click(within(rows[1] as HTMLElement).getByTestId('release-rollback'));
    await waitFor(() =>
      expect(client.sentOf('app.rollback')).toEqual([
        { app: 'guestbook', release: 'guestbook-r2' },
      ]),
    );
  });

  test('settings: only what was changed is sent, with the release that runs', async () => {
    const client = clientWith();
    client.answer('app.deploy', () => ({ app: makeApp(), deployment: makeDeployment() }));
    const { user } = await renderWith(client, page('settings'));
    expect(screen.getByTestId('app-settings-save')).toBeDisabled();
    await user.clear(screen.getByTestId('app-memory'));
    await user.type(screen.getByTestId('app-memory'), '512');
    await user.click(screen.getByTestId('app-settings-save'));
    await screen.findByTestId('toast');
    expect(client.sentOf('app.deploy')).toEqual([
      { name: 'guestbook', source: { kind: 'release', release: 'guestbook-r3' }, memoryMb: 512 },
    ]);
  });

  test('charts: the numbers are there as tables too', async () => {
    const client = clientWith();
    client.answer('app.metrics', () => ({ points: makePoints(1_700_000_000_000, 40) }));
    await renderWith(client, page('charts'));
    const table = await screen.findByRole('table', { name: 'Requests over time' });
    expect(within(table).getAllByRole('row').length).toBeGreaterThan(10);
  });
});

describe('LogsTab', () => {
  beforeEach(() => {
    // jsdom lays nothing out; the list needs a height to show lines.
    vi.spyOn(Element.prototype, 'clientHeight', 'get').mockReturnValue(400);
    vi.spyOn(Element.prototype, 'clientWidth', 'get').mockReturnValue(800);
  });

  function logClient() {
    const client = clientWith();
    let write: (lines: LogLine[]) => void = () => {};
    let signal: AbortSignal | undefined;
    client.answer('app.logs', (_, options) => {
      write = (lines) => options.onProgress?.({ lines });
      signal = options.signal;
      return new Promise(() => {});
    });
    return { client, write: (lines: LogLine[]) => act(() => write(lines)), signal: () => signal };
  }

  function line(seq: number, text: string, replica = 'guestbook-r3-7f3k'): LogLine {
    return { replica, node: 'node-1', seq, at: 1_700_000_000_000 + seq, stream: 'stdout', text };
  }

  test('lines come in live, can be filtered, and repeats are left out', async () => {
    const logs = logClient();
    const { user } = await renderWith(logs.client, page('logs'));
    await waitFor(() => expect(logs.client.sentOf('app.logs')).toHaveLength(1));
    expect(logs.client.sentOf('app.logs')[0]).toMatchObject({ app: 'guestbook', follow: true });
    logs.write([line(1, 'GET / 200'), line(2, 'POST /messages 303')]);
    logs.write([line(2, 'POST /messages 303')]);
    await waitFor(() => expect(screen.getAllByTestId('log-line')).toHaveLength(2));
    await user.type(screen.getByTestId('log-filter'), 'post');
    expect(screen.getAllByTestId('log-line')).toHaveLength(1);
  });

  test('paused, nothing moves; following again shows what came meanwhile', async () => {
    const logs = logClient();
    const { user } = await renderWith(logs.client, page('logs'));
    await waitFor(() => expect(logs.client.sentOf('app.logs')).toHaveLength(1));
    logs.write([line(1, 'one')]);
    await screen.findByText('one');
    await user.click(screen.getByTestId('log-pause'));
    logs.write([line(2, 'two')]);
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(screen.queryByText('two')).toBeNull();
    await user.click(screen.getByTestId('log-pause'));
    expect(await screen.findByText('two')).toBeInTheDocument();
  });

  test('leaving the page ends the stream', async () => {
    const logs = logClient();
    await renderWith(logs.client, page('logs'));
    await waitFor(() => expect(logs.signal()).toBeDefined());
    act(() => logs.client.emit('app.removed', { app: 'guestbook' }));
    await waitFor(() => expect(logs.signal()?.aborted).toBe(true));
  });
});
