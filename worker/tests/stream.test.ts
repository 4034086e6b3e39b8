import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { MESSAGE_CHARS_MAX, OPEN_MS_MAX, openStream } from '../src/effects/stream';

class FakeSocket {
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: (() => void) | null = null;
  readonly sent: string[] = [];
  closed = false;

  send(text: string): void {
    this.sent.push(text);
  }
  close(): void {
    this.closed = true;
  }
}

function setUp() {
  const socket = new FakeSocket();
  const chunks: unknown[] = [];
  const stop = new AbortController();
  const end = openStream(
    { url: 'ws://127.0.0.1:1/v1/events', first: '{"token":"t"}' },
    stop.signal,
    (chunk) => chunks.push(chunk),
    () => socket as unknown as WebSocket,
  );
  end.catch(() => undefined);
  return { socket, chunks, stop, end };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('stream.open', () => {
  it('sends the first message on opening and passes every text on', async () => {
    const { socket, chunks, end } = setUp();
    socket.onopen?.();
    expect(socket.sent).toEqual(['{"token":"t"}']);
    socket.onmessage?.({ data: 'one' });
    socket.onmessage?.({ data: new ArrayBuffer(1) });
    socket.onmessage?.({ data: 'two' });
    expect(chunks).toEqual([{ open: true }, { text: 'one' }, { text: 'two' }]);
    socket.onclose?.();
    await expect(end).resolves.toEqual({});
  });

  it('is unreachable when it closes before it opened', async () => {
    const { socket, end } = setUp();
    socket.onclose?.();
    await expect(end).rejects.toMatchObject({ code: 'unreachable' });
  });

  it('is unreachable when it does not open in time', async () => {
    const { socket, end } = setUp();
    vi.advanceTimersByTime(OPEN_MS_MAX);
    await expect(end).rejects.toMatchObject({ code: 'unreachable' });
    expect(socket.closed).toBe(true);
  });

  it('stays open for as long as it is quiet', () => {
    const { socket } = setUp();
    socket.onopen?.();
    vi.advanceTimersByTime(100 * OPEN_MS_MAX);
    expect(socket.closed).toBe(false);
  });

  it('ends at a message over the limit', async () => {
    const { socket, chunks, end } = setUp();
    socket.onopen?.();
    socket.onmessage?.({ data: 'x'.repeat(MESSAGE_CHARS_MAX + 1) });
    await expect(end).rejects.toMatchObject({ code: 'too_large' });
    expect(chunks).toEqual([{ open: true }]);
  });

  it('closes the socket when cancelled', () => {
    const { socket, stop } = setUp();
    socket.onopen?.();
    stop.abort();
    expect(socket.closed).toBe(true);
  });
});
