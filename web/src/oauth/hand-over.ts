// The whole of the page that a provider sends a person back to: the answer leaves the address bar and the history
// at once, goes to the page that waits for it, and is kept nowhere.
import {
  channelOf,
  type FromPage,
  type FromWindow,
  type OAuthAnswer,
} from '../engine/oauth-channel';

const AGAIN_MS = 1000;
const SLOW_MS = 5000;
const STATE = /^[\w.~-]{1,200}$/;

export type HandOver = 'handing' | 'slow' | 'taken' | 'nothing';

export const WORDS: Record<HandOver, { title: string; text: string }> = {
  handing: { title: 'Finishing the sign-in…', text: 'It is handed to the page that began it.' },
  slow: {
    title: 'No page waits for this sign-in yet',
    text: 'Go back to the tab where you began it. If it was closed or locked, begin again there and close this window.',
  },
  taken: { title: 'You can close this window', text: 'The page that began the sign-in goes on.' },
  nothing: {
    title: 'There is no sign-in in this address',
    text: 'A provider sends you here when you sign in from the accounts page. You can close this window.',
  },
};

/** From the query (a code) or the fragment (a token). */
export function takeAnswer(
  location: Pick<Location, 'search' | 'hash' | 'pathname'>,
  history: Pick<History, 'replaceState'>,
): OAuthAnswer {
  const answer = Object.fromEntries([
    ...new URLSearchParams(location.search),
    ...new URLSearchParams(location.hash.slice(1)),
  ]);
  history.replaceState(null, '', location.pathname);
  return answer;
}

/** Says it again until it is taken: the page that waits may be asleep. Returns how to end it. */
export function handOver(answer: OAuthAnswer, show: (how: HandOver) => void): () => void {
  const state = answer['state'] ?? '';
  if (!STATE.test(state)) {
    show('nothing');
    return () => {};
  }
  const channel = new BroadcastChannel(channelOf(state));
  const say = () => channel.postMessage({ type: 'answer', answer } satisfies FromWindow);
  const again = setInterval(say, AGAIN_MS);
  const slow = setTimeout(() => show('slow'), SLOW_MS);
  function end(): void {
    clearInterval(again);
    clearTimeout(slow);
    channel.close();
  }
  channel.onmessage = ({ data }: MessageEvent<Partial<FromPage> | null>) => {
    if (data?.type !== 'taken') return;
    end();
    show('taken');
  };
  show('handing');
  say();
  return end;
}
