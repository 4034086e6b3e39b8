// http.send over fetch. Requests that carry a blob go over XMLHttpRequest instead (upload.ts),
// because fetch cannot tell how much of a body has left.
//
// A browser does not say whether a request that failed had reached the other side. So a failure is
// `unreachable` only for methods that change nothing; for the others it is `outcome_unknown`.
import { base64urlOf, bytesOfBase64url, type Bytes } from '../bytes';
import { EffectFailure, type SendChunk } from './effect';

export type HttpBody = {
  method: string;
  url: string;
  headers: [string, string][];
  body?: string;
  /** Instead of `body`: base64url. */
  bytes?: string;
  blob?: string;
  /** A piece of the blob, which must have `of` bytes. */
  blobPart?: { from: number; bytes: number; of: number };
  /** The answer need not be text: it is given as `bytes`. */
  answerBytes?: boolean;
  timeoutMs: number;
  maxBytes: number;
};
export type HttpResult = {
  status: number;
  headers: [string, string][];
  body: string;
  bytes?: string;
};

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

/** The bytes of a body of at most `bytesMax`; undefined when it is larger. */
async function readBytes(response: Response, bytesMax: number): Promise<Bytes | undefined> {
  if (response.body === null) return new Uint8Array(0);
  const parts: Uint8Array[] = [];
  let count = 0;
  const reader = response.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    count += value.byteLength;
    if (count > bytesMax) {
      void reader.cancel();
      return undefined;
    }
    parts.push(value);
  }
  const whole = new Uint8Array(count);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.byteLength;
  }
  return whole;
}

function bodyOf(request: HttpBody): { body?: string | Bytes } {
  if (request.bytes !== undefined) return { body: bytesOfBase64url(request.bytes) };
  return request.body === undefined ? {} : { body: request.body };
}

async function fetchResult(
  doors: HttpDoors,
  request: HttpBody,
  signal: AbortSignal,
): Promise<HttpResult> {
  const response = await doors.fetch(request.url, {
    method: request.method,
    headers: request.headers,
    ...bodyOf(request),
    signal,
    // A token must never follow a redirect to another place.
    redirect: 'error',
    credentials: 'omit',
    cache: 'no-store',
    referrerPolicy: 'no-referrer',
  });
  const bytes = await readBytes(response, request.maxBytes);
  if (bytes === undefined) throw tooLargeFailure(request);
  const head = { status: response.status, headers: [...response.headers.entries()] } satisfies {
    status: number;
    headers: [string, string][];
  };
  return request.answerBytes === true
    ? { ...head, body: '', bytes: base64urlOf(bytes) }
    : { ...head, body: new TextDecoder().decode(bytes) };
}

function pieceOf(blob: Blob, part: HttpBody['blobPart']): Blob {
  if (part === undefined) return blob;
  if (part.of !== blob.size || part.from + part.bytes > part.of) {
    throw new EffectFailure('invalid_input', `The file has ${blob.size} bytes, not ${part.of}.`, {
      hint: 'Pack it again.',
    });
  }
  return blob.slice(part.from, part.from + part.bytes);
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
    return doors.upload(request, pieceOf(blob, request.blobPart), signal, onChunk);
  }
  const timeout = AbortSignal.timeout(request.timeoutMs);
  try {
    return await fetchResult(doors, request, AbortSignal.any([signal, timeout]));
  } catch (cause) {
    if (cause instanceof EffectFailure) throw cause;
    throw timeout.aborted ? timeoutFailure(request) : sendFailure(request);
  }
}
