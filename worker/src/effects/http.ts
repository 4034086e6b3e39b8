// http.send over fetch. Requests that carry a blob go over XMLHttpRequest instead (upload.ts),
// because fetch cannot tell how much of a body has left.
//
// A browser does not say whether a request that failed had reached the other side. So a failure is
// `unreachable` only for methods that change nothing; for the others it is `outcome_unknown`.
import { EffectFailure, type SendChunk } from './effect';

export type HttpBody = {
  method: string;
  url: string;
  headers: [string, string][];
  body?: string;
  blob?: string;
  timeoutMs: number;
  maxBytes: number;
};
export type HttpResult = { status: number; headers: [string, string][]; body: string };

export type HttpDoors = {
  fetch: typeof fetch;
  /** Sends `blob` as the body; see upload.ts. */
  upload: (
    request: HttpBody,
    blob: Blob,
    signal: AbortSignal,
    onChunk: SendChunk,
  ) => Promise<HttpResult>;
  loadBlob: (sha256: string) => Promise<Blob | undefined>;
  online: () => boolean;
};

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

export function sendFailure(request: HttpBody): EffectFailure {
  const { host } = new URL(request.url);
  return SAFE_METHODS.has(request.method)
    ? new EffectFailure('unreachable', `Nobody answered at ${host}.`)
    : new EffectFailure(
        'outcome_unknown',
        `The connection to ${host} failed; whether the request arrived is unknown.`,
      );
}

export function timeoutFailure(request: HttpBody): EffectFailure {
  const { host } = new URL(request.url);
  return new EffectFailure('timeout', `No answer from ${host} within ${request.timeoutMs} ms.`);
}

export function tooLargeFailure(request: HttpBody): EffectFailure {
  const { host } = new URL(request.url);
  return new EffectFailure(
    'too_large',
    `The answer of ${host} is larger than ${request.maxBytes} bytes.`,
  );
}

/** The text of a body of at most `bytesMax` bytes; undefined when it is larger. */
async function readText(response: Response, bytesMax: number): Promise<string | undefined> {
  if (response.body === null) return '';
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  const reader = response.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    bytes += value.byteLength;
    if (bytes > bytesMax) {
      void reader.cancel();
      return undefined;
    }
    text += decoder.decode(value, { stream: true });
  }
}

async function fetchResult(
  doors: HttpDoors,
  request: HttpBody,
  signal: AbortSignal,
): Promise<HttpResult> {
  const response = await doors.fetch(request.url, {
    method: request.method,
    headers: request.headers,
    ...(request.body === undefined ? {} : { body: request.body }),
    signal,
    // A token must never follow a redirect to another place.
    redirect: 'error',
    credentials: 'omit',
    cache: 'no-store',
    referrerPolicy: 'no-referrer',
  });
  const body = await readText(response, request.maxBytes);
  if (body === undefined) throw tooLargeFailure(request);
  return { status: response.status, headers: [...response.headers.entries()], body };
}

export async function sendHttp(
  doors: HttpDoors,
  request: HttpBody,
  signal: AbortSignal,
  onChunk: SendChunk,
): Promise<HttpResult> {
  if (!doors.online()) {
    throw new EffectFailure('offline', 'This device has no network.', {
      hint: 'Do it again when this device is online.',
    });
  }
  if (request.blob !== undefined) {
    const blob = await doors.loadBlob(request.blob);
    if (blob === undefined) {
      throw new EffectFailure('not_found', 'This browser no longer has the archive.');
    }
    return doors.upload(request, blob, signal, onChunk);
  }
  const timeout = AbortSignal.timeout(request.timeoutMs);
  try {
    return await fetchResult(doors, request, AbortSignal.any([signal, timeout]));
  } catch (cause) {
    if (cause instanceof EffectFailure) throw cause;
    throw timeout.aborted ? timeoutFailure(request) : sendFailure(request);
  }
}
