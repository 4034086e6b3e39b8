import { afterEach, describe, expect, test, vi } from 'vitest';
import { channelOf, waitForAnswer, type OAuthAnswer } from '../engine/oauth-channel';
import { handOver, takeAnswer, type HandOver } from './hand-over';

const endings: (() => void)[] = [];
afterEach(() => {
  for (const end of endings.splice(0)) end();
});

function hand(answer: Record<string, string>): HandOver[] {
  const shown: HandOver[] = [];
  endings.push(handOver(answer, (how) => shown.push(how)));
  return shown;
}

describe('the page a provider sends back to', () => {
  test.each([
    ['?code=c%2F1&state=s1', '', { code: 'c/1', state: 's1' }],
    ['', '#access_token=t&state=s1', { access_token: 't', state: 's1' }],
    ['?error=access_denied&state=s1', '', { error: 'access_denied', state: 's1' }],
  ])('takes the answer out of %s%s and out of the history', (search, hash, answer) => {
    const replaceState = vi.fn();
    const location = { search, hash, pathname: '/oauth.html' };
    expect(takeAnswer(location, { replaceState })).toEqual(answer);
    expect(replaceState).toHaveBeenCalledWith(null, '', '/oauth.html');
  });

  test('hands it to the page that waits, and says when that has it', async () => {
    const waiting = waitForAnswer('s1', new AbortController().signal);
    const shown = hand({ code: 'c1', state: 's1' });
    await expect(waiting).resolves.toEqual({ code: 'c1', state: 's1' });
    await vi.waitFor(() => expect(shown).toEqual(['handing', 'taken']));
  });

  test('nobody who waits for another sign-in hears of it', async () => {
    const heard = vi.fn();
    const other = new BroadcastChannel(channelOf('s2'));
    other.onmessage = heard;
    endings.push(() => other.close());
    const waiting = waitForAnswer('s1', new AbortController().signal);
    hand({ access_token: 'secret', state: 's1' });
    await waiting;
    expect(heard).not.toHaveBeenCalled();
  });

  test.each<OAuthAnswer>([{}, { code: 'c1' }, { state: '' }, { state: 'a b' }])(
    '%j is no answer',
    (answer) => {
      expect(hand(answer)).toEqual(['nothing']);
    },
  );

  test('an answer that is none is not taken, and waiting is called off', async () => {
    const abort = new AbortController();
    const waiting = waitForAnswer('s1', abort.signal);
    const channel = new BroadcastChannel(channelOf('s1'));
    endings.push(() => channel.close());
    for (const data of [null, 'x', { type: 'answer' }, { type: 'answer', answer: { state: 1 } }]) {
      channel.postMessage(data);
    }
    abort.abort();
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
  });
});
