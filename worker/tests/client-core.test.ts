import { describe, expect, it, vi } from 'vitest';
import { ClientCore, PENDING_MAX } from '../src/client-core';
import { engineCrashed, outcomeUnknown } from '../src/errors';
import type { CancelMessage, CommandMessage } from '../src/protocol';

function setUp() {
  const core = new ClientCore();
  const sent: (CommandMessage | CancelMessage)[] = [];
  const transport = (message: CommandMessage | CancelMessage): void => {
    sent.push(message);
  };
  return { core, sent, transport };
}

describe('ClientCore', () => {
  it('keeps commands until an engine is there, then sends them in order', () => {
    const { core, sent, transport } = setUp();
    void core.send('node.list', {});
    void core.send('app.list', {});
    expect(sent).toEqual([]);
    core.attach(transport, 'ready');
    expect(sent.map((message) => 'name' in message && message.name)).toEqual([
      'node.list',
      'app.list',
    ]);
  });

  it('refuses more than it can remember', async () => {
    const { core } = setUp();
    for (let i = 0; i < PENDING_MAX; i += 1) void core.send('node.list', {});
    await expect(core.send('node.list', {})).rejects.toMatchObject({ code: 'rate_limited' });
  });

  it('resolves with the reply and tells progress before it', async () => {
    const { core, transport } = setUp();
    core.attach(transport, 'ready');
    const onProgress = vi.fn();
    const answer = core.send('app.logs', { app: 'a' }, { onProgress });
    core.receive({ kind: 'progress', id: 1, body: { lines: [] } });
    core.receive({ kind: 'reply', id: 1, body: { lines: 0 } });
    await expect(answer).resolves.toEqual({ lines: 0 });
    expect(onProgress).toHaveBeenCalledExactlyOnceWith({ lines: [] });
  });

  it('rejects with what the engine said', async () => {
    const { core, transport } = setUp();
    core.attach(transport, 'ready');
    const answer = core.send('app.get', { app: 'nope' });
    core.receive({
      kind: 'failed',
      id: 1,
      error: { code: 'not_found', message: 'No app nope.', hint: 'See the list.', field: 'app' },
    });
    await expect(answer).rejects.toMatchObject({
      code: 'not_found',
      message: 'No app nope.',
      hint: 'See the list.',
      field: 'app',
      retryable: false,
    });
  });

  it('never repeats what was sent to an engine that is gone, and sends what was not', async () => {
    const { core, sent, transport } = setUp();
    core.attach(transport, 'ready');
    const sentOne = core.send('app.stop', { app: 'a' });
    core.detach(outcomeUnknown());
    void core.send('node.list', {});
    await expect(sentOne).rejects.toMatchObject({ code: 'outcome_unknown' });
    core.attach(transport, 'ready');
    expect(sent.map((message) => 'name' in message && message.name)).toEqual([
      'app.stop',
      'node.list',
    ]);
  });

  it('fails everything on a crash, telling what was never sent from what may have been done', async () => {
    const { core, transport } = setUp();
    core.attach(transport, 'ready');
    const sentOne = core.send('app.stop', { app: 'a' });
    core.detach(outcomeUnknown());
    const waiting = core.send('node.list', {});
    core.crash(engineCrashed('trap'));
    await expect(sentOne).rejects.toMatchObject({ code: 'outcome_unknown' });
    await expect(waiting).rejects.toMatchObject({ code: 'unreachable', retryable: true });
    await expect(core.send('node.list', {})).rejects.toMatchObject({ code: 'outcome_unknown' });
    expect(core.status).toBe('crashed');
  });

  it('asks the engine to cancel what it has, and forgets by itself what it has not', async () => {
    const { core, sent, transport } = setUp();
    const stop = new AbortController();
    const waiting = core.send('node.list', {}, { signal: stop.signal });
    stop.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'cancelled' });
    core.attach(transport, 'ready');
    expect(sent).toEqual([]);

    const again = new AbortController();
    const running = core.send('app.logs', { app: 'a', follow: true }, { signal: again.signal });
    again.abort();
    expect(sent.at(-1)).toEqual({ kind: 'cancel', id: 2 });
    core.receive({ kind: 'failed', id: 2, error: { code: 'cancelled', message: 'Stopped.' } });
    await expect(running).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('refuses a command whose signal is aborted already', async () => {
    const { core } = setUp();
    await expect(core.send('node.list', {}, { signal: AbortSignal.abort() })).rejects.toMatchObject(
      { code: 'cancelled' },
    );
  });

  it('tells subscribers of an event until they end the subscription', () => {
    const { core } = setUp();
    const handler = vi.fn();
    const off = core.on('node.removed', handler);
    core.receive({ kind: 'event', name: 'node.removed', body: { node: 'n-1' } });
    off();
    core.receive({ kind: 'event', name: 'node.removed', body: { node: 'n-2' } });
    expect(handler).toHaveBeenCalledExactlyOnceWith({ node: 'n-1' });
  });

  it('tells the status at once and at every change', () => {
    const { core, transport } = setUp();
    const seen: string[] = [];
    core.onStatus((status) => seen.push(status));
    core.attach(transport, 'follower');
    core.attach(transport, 'follower');
    core.detach(outcomeUnknown());
    expect(seen).toEqual(['starting', 'follower', 'starting']);
  });
});
