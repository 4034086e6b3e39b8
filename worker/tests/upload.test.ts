import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { HttpBody } from '../src/effects/http';
import { PROGRESS_EVERY_MS, uploadBlob } from '../src/effects/upload';

type Progress = { loaded: number; total: number };

class FakeRequest {
  upload: { onprogress: ((event: Progress) => void) | null } = { onprogress: null };
  onprogress: ((event: Progress) => void) | null = null;
  onload: (() => void) | null = null;
  onerror: (() => void) | null = null;
  status = 0;
  responseText = '';
  aborted = false;
  readonly headers: [string, string][] = [];
  sent: unknown = undefined;

  open(): void {
    this.status = 0;
  }
  setRequestHeader(name: string, value: string): void {
    this.headers.push([name, value]);
  }
  getAllResponseHeaders(): string {
    return 'content-type: application/json\r\nx-a: b: c\r\n';
  }
  send(body: unknown): void {
    this.sent = body;
  }
  abort(): void {
    this.aborted = true;
  }
}

const request: HttpBody = {
  method: 'PUT',
  url: 'http://127.0.0.1:1/v1/releases/abc',
  headers: [['authorization', 'Bearer t']],
  blob: 'abc',
  timeoutMs: 1_000,
  maxBytes: 100,
};

function setUp() {
  const xhr = new FakeRequest();
  const chunks: unknown[] = [];
  const stop = new AbortController();
  const end = uploadBlob(
    request,
    new Blob(['bytes']),
    stop.signal,
    (chunk) => chunks.push(chunk),
    () => xhr as unknown as XMLHttpRequest,
  );
  end.catch(() => undefined);
  return { xhr, chunks, stop, end };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('uploadBlob', () => {
  it('sends the blob with the headers and gives back the answer', async () => {
    const { xhr, end } = setUp();
    expect(xhr.headers).toEqual(request.headers);
    expect(xhr.sent).toBeInstanceOf(Blob);
    xhr.status = 200;
    xhr.responseText = '{}';
    xhr.onload?.();
    await expect(end).resolves.toEqual({
      status: 200,
      body: '{}',
      headers: [
        ['content-type', 'application/json'],
        ['x-a', 'b: c'],
      ],
    });
  });

  it('tells progress now and then, and always the end', () => {
    const { xhr, chunks } = setUp();
    for (let loaded = 10; loaded < 100; loaded += 10)
      xhr.upload.onprogress?.({ loaded, total: 100 });
    vi.advanceTimersByTime(PROGRESS_EVERY_MS);
    xhr.upload.onprogress?.({ loaded: 95, total: 100 });
    xhr.upload.onprogress?.({ loaded: 100, total: 100 });
    expect(chunks).toEqual([
      { sent: 10, total: 100 },
      { sent: 95, total: 100 },
      { sent: 100, total: 100 },
    ]);
  });

  it('may take longer than the timeout as long as bytes move, and gives up on silence', async () => {
    const { xhr, end } = setUp();
    for (let i = 1; i <= 5; i += 1) {
      vi.advanceTimersByTime(900);
      xhr.upload.onprogress?.({ loaded: i, total: 100 });
    }
    expect(xhr.aborted).toBe(false);
    vi.advanceTimersByTime(1_000);
    expect(xhr.aborted).toBe(true);
    await expect(end).rejects.toMatchObject({ code: 'timeout' });
  });

  it('reports a broken connection as of unknown outcome', async () => {
    const { xhr, end } = setUp();
    xhr.onerror?.();
    await expect(end).rejects.toMatchObject({ code: 'outcome_unknown' });
  });

  it('refuses an answer that is too large', async () => {
    const { xhr, end } = setUp();
    xhr.onprogress?.({ loaded: 101, total: 0 });
    await expect(end).rejects.toMatchObject({ code: 'too_large' });
    expect(xhr.aborted).toBe(true);
  });

  it('lets go of the request when cancelled', () => {
    const { xhr, stop } = setUp();
    stop.abort();
    expect(xhr.aborted).toBe(true);
  });
});
