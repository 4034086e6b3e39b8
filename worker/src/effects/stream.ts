// stream.open: one WebSocket. `first` is sent on opening (it carries the token, which must not be in
// the URL), then every text message is a chunk; the effect ends when the socket closes.
import { EffectFailure, type SendChunk } from './effect';

export type StreamBody = { url: string; first: string };

export const OPEN_MS_MAX = 10_000;
/** One message; a node's largest is a batch of log lines, far below. */
export const MESSAGE_CHARS_MAX = 4 * 1024 * 1024;

const NORMAL_CLOSURE = 1000;

export function openStream(
  body: StreamBody,
  signal: AbortSignal,
  onChunk: SendChunk,
  makeSocket: (url: string) => WebSocket = (url) => new WebSocket(url),
): Promise<Record<string, never>> {
  return new Promise((resolve, reject) => {
    const { host } = new URL(body.url);
    const socket = makeSocket(body.url);
    let opened = false;
    const timer = setTimeout(() => {
      end(new EffectFailure('unreachable', `${host} did not accept a stream in time.`));
    }, OPEN_MS_MAX);
    const onAbort = (): void => {
      end(undefined);
    };
    const end = (failure: EffectFailure | undefined): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close(NORMAL_CLOSURE);
      if (failure === undefined) resolve({});
      else reject(failure);
    };
    socket.onopen = () => {
      clearTimeout(timer);
      opened = true;
      socket.send(body.first);
      onChunk({ open: true });
    };
    socket.onmessage = (event: MessageEvent<unknown>) => {
      if (typeof event.data !== 'string') return;
      if (event.data.length > MESSAGE_CHARS_MAX) {
        end(new EffectFailure('too_large', `${host} sent a message that is too large.`));
        return;
      }
      onChunk({ text: event.data });
    };
    socket.onclose = () => {
      end(opened ? undefined : new EffectFailure('unreachable', `Nobody answered at ${host}.`));
    };
    signal.addEventListener('abort', onAbort);
    if (signal.aborted) onAbort();
  });
}
