// How the window that a provider sends back hands its answer to the page that began the sign-in. The channel is
// named after the sign-in's random state: only the page that began it knows where to listen, so a token never
// reaches another tab. Channels never leave the origin.

/** Where a provider sends the person back to; an own page with nothing on it but the handing over. */
export const OAUTH_PAGE = '/oauth.html';

/** The parameters of the address a provider came back to. */
export type OAuthAnswer = Record<string, string>;

export type FromWindow = { type: 'answer'; answer: OAuthAnswer };
export type FromPage = { type: 'taken' };

/** As long as the engine waits for it. */
export const SIGN_IN_MS = 600_000;
const ENTRIES_MAX = 32;

export const channelOf = (state: string): string => `automator67.oauth.${state}`;

export const redirectAddress = (origin: string): string => new URL(OAUTH_PAGE, origin).href;

function isAnswer(value: unknown): value is OAuthAnswer {
  if (typeof value !== 'object' || value === null) return false;
  const entries = Object.values(value);
  return entries.length <= ENTRIES_MAX && entries.every((one) => typeof one === 'string');
}

/** Resolves with null when nothing came in time; rejects with an AbortError when it was called off. */
export function waitForAnswer(state: string, signal: AbortSignal): Promise<OAuthAnswer | null> {
  const channel = new BroadcastChannel(channelOf(state));
  return new Promise<OAuthAnswer | null>((resolve, reject) => {
    const timer = setTimeout(() => end(() => resolve(null)), SIGN_IN_MS);
    const stop = () => end(() => reject(new DOMException('Called off.', 'AbortError')));
    function end(how: () => void): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      channel.close();
      how();
    }
    channel.onmessage = ({ data }: MessageEvent<Partial<FromWindow> | null>) => {
      const answer = data?.answer;
      if (data?.type !== 'answer' || !isAnswer(answer) || answer['state'] !== state) return;
      channel.postMessage({ type: 'taken' } satisfies FromPage);
      end(() => resolve(answer));
    };
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop);
  });
}
