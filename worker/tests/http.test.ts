import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type HttpBody, type HttpDoors, sendHttp } from '../src/effects/http';

const servers: Server[] = [];

async function serve(handler: RequestListener): Promise<string> {
  const server = createServer(handler);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

const doors: HttpDoors = {
  fetch,
  upload: () => Promise.resolve({ status: 299, headers: [], body: '' }),
  loadBlob: () => Promise.resolve(undefined),
  online: () => true,
};

const request = (url: string, more: Partial<HttpBody> = {}): HttpBody => ({
  method: 'GET',
  url,
  headers: [],
  timeoutMs: 5_000,
  maxBytes: 1_000,
  ...more,
});

const send = (
  body: HttpBody,
  some: Partial<HttpDoors> = {},
  signal = new AbortController().signal,
) => sendHttp({ ...doors, ...some }, body, signal, () => undefined);

describe('http.send', () => {
  it('sends and gives back bytes that are no text', async () => {
    const url = await serve((req, res) => {
      req.pipe(res);
    });
    const answer = await send(request(url, { method: 'PUT', bytes: 'AP-A', answerBytes: true }));
    expect(answer.bytes).toBe('AP-A');
    expect(answer.body).toBe('');
  });

  it('sends method, headers and body, and gives back status, headers and body', async () => {
    const url = await serve((req, res) => {
      const chunks: Buffer[] = [];
      req.on('data', (chunk: Buffer) => chunks.push(chunk));
      req.on('end', () => {
        res.writeHead(201, { 'x-seen': `${req.method ?? ''} ${String(req.headers['x-mine'])}` });
        res.end(Buffer.concat(chunks));
      });
    });
    const answer = await send(
      request(url, { method: 'PUT', headers: [['X-Mine', 'yes']], body: 'ünïcode' }),
    );
    expect(answer.status).toBe(201);
    expect(answer.body).toBe('ünïcode');
    expect(answer.headers).toContainEqual(['x-seen', 'PUT yes']);
  });

  it('gives an error status as an answer', async () => {
    const url = await serve((_req, res) => {
      res.writeHead(409).end('{"error":{}}');
    });
    await expect(send(request(url))).resolves.toMatchObject({ status: 409, body: '{"error":{}}' });
  });

  it('refuses an answer that is too large, without waiting for its end', async () => {
    const url = await serve((_req, res) => {
      res.writeHead(200);
      res.write('x'.repeat(2_000));
    });
    await expect(send(request(url))).rejects.toMatchObject({ code: 'too_large' });
  });

  it('times out when no answer comes', async () => {
    const url = await serve(() => undefined);
    await expect(send(request(url, { timeoutMs: 50 }))).rejects.toMatchObject({ code: 'timeout' });
  });

  it('calls a refused GET unreachable and a refused POST of unknown outcome', async () => {
    const url = await serve(() => undefined);
    await new Promise((resolve) => servers[0]?.close(resolve));
    await expect(send(request(url))).rejects.toMatchObject({ code: 'unreachable' });
    await expect(send(request(url, { method: 'POST', body: '' }))).rejects.toMatchObject({
      code: 'outcome_unknown',
    });
  });

  it('does not follow a redirect with the token', async () => {
    let asked = 0;
    const url = await serve((_req, res) => {
      asked += 1;
      res.writeHead(307, { location: '/elsewhere' }).end();
    });
    await expect(
      send(request(url, { headers: [['authorization', 'Bearer t']] })),
    ).rejects.toMatchObject({ code: 'unreachable' });
    expect(asked).toBe(1);
  });

  it('sends nothing while the device is offline', async () => {
    await expect(
      send(request('http://127.0.0.1:9'), { online: () => false }),
    ).rejects.toMatchObject({ code: 'offline' });
  });

  it('takes the upload door for a blob, and says when the blob is gone', async () => {
    const body = request('http://127.0.0.1:9', { method: 'PUT', blob: 'abc' });
    await expect(send(body)).rejects.toMatchObject({ code: 'not_found' });
    const answer = await send(body, { loadBlob: () => Promise.resolve(new Blob(['x'])) });
    expect(answer.status).toBe(299);
  });

  it('sends the piece of a blob that was asked for, and none of a blob of another size', async () => {
    const sent: string[] = [];
    const doors = {
      loadBlob: () => Promise.resolve(new Blob(['0123456789'])),
      upload: async (_request: HttpBody, blob: Blob) => {
        sent.push(await blob.text());
        return { status: 204, headers: [], body: '' };
      },
    };
    const piece = (from: number, bytes: number, of: number) =>
      send(
        request('http://127.0.0.1:9', {
          method: 'PATCH',
          blob: 'abc',
          blobPart: { from, bytes, of },
        }),
        doors,
      );
    await piece(3, 4, 10);
    expect(sent).toEqual(['3456']);
    await expect(piece(3, 4, 11)).rejects.toMatchObject({ code: 'invalid_input' });
    await expect(piece(8, 4, 10)).rejects.toMatchObject({ code: 'invalid_input' });
    expect(sent).toHaveLength(1);
  });
});
