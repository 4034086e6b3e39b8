// Sends a blob over XMLHttpRequest, the only door of a browser that tells how much has left.
//
// `timeoutMs` limits the longest silence, not the whole: an upload of 500 MiB over a slow line may
// take long and is well as long as bytes move.
import type { SendChunk } from './effect';
import {
  type HttpBody,
  type HttpResult,
  sendFailure,
  timeoutFailure,
  tooLargeFailure,
} from './http';

/** Progress is told at most this often. */
export const PROGRESS_EVERY_MS = 200;

function headersOf(request: XMLHttpRequest): [string, string][] {
  return request
    .getAllResponseHeaders()
    .split('\r\n')
    .filter((line) => line.includes(':'))
    .map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    });
}

export function uploadBlob(
  request: HttpBody,
  blob: Blob,
  signal: AbortSignal,
  onChunk: SendChunk,
  makeRequest: () => XMLHttpRequest = () => new XMLHttpRequest(),
): Promise<HttpResult> {
  return new Promise((resolve, reject) => {
    const xhr = makeRequest();
    let silence: ReturnType<typeof setTimeout> | undefined;
    let lastTold = -Infinity;
    const end = (failure: Error | undefined): void => {
      clearTimeout(silence);
      signal.removeEventListener('abort', onAbort);
      if (failure === undefined) {
        resolve({ status: xhr.status, headers: headersOf(xhr), body: xhr.responseText });
        return;
      }
      reject(failure);
      xhr.abort();
    };
    const onAbort = (): void => {
      end(sendFailure(request));
    };
    const heard = (): void => {
      clearTimeout(silence);
      silence = setTimeout(() => {
        end(timeoutFailure(request));
      }, request.timeoutMs);
    };
    xhr.open(request.method, request.url);
    for (const [name, value] of request.headers) xhr.setRequestHeader(name, value);
    xhr.upload.onprogress = ({ loaded, total }) => {
      heard();
      if (performance.now() - lastTold < PROGRESS_EVERY_MS && loaded < total) return;
      lastTold = performance.now();
      onChunk({ sent: loaded, total });
    };
    xhr.onprogress = ({ loaded }) => {
      heard();
      if (loaded > request.maxBytes) end(tooLargeFailure(request));
    };
    xhr.onload = () => {
      end(xhr.responseText.length > request.maxBytes ? tooLargeFailure(request) : undefined);
    };
    xhr.onerror = () => {
      end(sendFailure(request));
    };
    signal.addEventListener('abort', onAbort);
    heard();
    xhr.send(blob);
  });
}
