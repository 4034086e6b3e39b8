import { describe, expect, it, vi } from 'vitest';
import { bytesOfText } from '../src/bytes';
import { LOCK_MS_MAX } from '../src/engine-session';
import { PROTOCOL } from '../src/generated/contract';
import { Desk } from '../src/keyring/desk';
import { Secrets } from '../src/keyring/secrets';
import { Strongbox } from '../src/keyring/strongbox';
import { Door } from '../src/keyring/whisper';
import { Tab } from '../src/tab';
import type { TabMessage } from '../src/tab-channel';
import { FakeAir } from './fakes/channel';
import { testDeriver } from './fakes/kdf';
import { FakeLocks } from './fakes/locks';
import { FakeWorker, settle } from './fakes/worker';

class Browser {
  readonly workers: FakeWorker[] = [];
  private readonly locks = new FakeLocks();
  private readonly air = new FakeAir();
  private nextTab = 1;
  workspace = 'main';
  networkListener: ((online: boolean) => void) | null = null;
  online = true;
  erased = 0;

  async openTab(): Promise<Tab> {
    const tab = new Tab({
      id: `tab-${this.nextTab++}`,
      channel: this.air.join(),
      workspace: () => this.workspace,
      locks: this.locks,
      makeWorker: () => {
        const worker = new FakeWorker();
        this.workers.push(worker);
        return worker;
      },
      watchNetwork: (onChange) => {
        this.networkListener = onChange;
        return () => {
          this.networkListener = null;
        };
      },
      online: () => this.online,
      onErased: () => {
        this.erased += 1;
      },
    });
    await tab.join();
    await settle();
    return tab;
  }

  /** Another page of this origin that hears everything tabs tell each other. */
  listen(heard: (message: TabMessage) => void): void {
    this.air.join().onmessage = ({ data }) => {
      heard(data);
    };
  }

  worker(index: number): FakeWorker {
    const worker = this.workers[index];
    if (worker === undefined) throw new Error(`no worker ${index}`);
    return worker;
  }
}

describe('Tab', () => {
  it('runs one engine for many tabs', async () => {
    const browser = new Browser();
    const first = await browser.openTab();
    const second = await browser.openTab();
    expect([first.role, second.role]).toEqual(['leader', 'follower']);
    expect(browser.workers).toHaveLength(1);
  });

  it('carries a follower`s commands to the leader`s engine and the answers back', async () => {
    const browser = new Browser();
    const leader = await browser.openTab();
    const follower = await browser.openTab();
    const worker = browser.worker(0);
    const early = follower.core.send('app.get', { app: 'a' });
    worker.becomeReady();
    await settle();
    expect([leader.core.status, follower.core.status]).toEqual(['ready', 'follower']);
    const mine = leader.core.send('app.get', { app: 'b' });
    const [one, two] = worker.commands();
    expect([one?.body, two?.body]).toEqual([{ app: 'a' }, { app: 'b' }]);
    // Both tabs called their command number 1; the engine must see two numbers.
    expect(one?.id).not.toBe(two?.id);
    worker.say({ kind: 'reply', id: two?.id ?? 0, body: { app: 'view b' } });
    worker.say({ kind: 'reply', id: one?.id ?? 0, body: { app: 'view a' } });
    await expect(mine).resolves.toEqual({ app: 'view b' });
    await expect(early).resolves.toEqual({ app: 'view a' });
  });

  it('tells events to every tab', async () => {
    const browser = new Browser();
    const tabs = [await browser.openTab(), await browser.openTab(), await browser.openTab()];
    browser.worker(0).becomeReady();
    await settle();
    const seen: string[] = [];
    for (const [i, tab] of tabs.entries()) tab.core.on('node.removed', () => seen.push(`tab ${i}`));
    browser.worker(0).say({ kind: 'event', name: 'node.removed', body: { node: 'n' } });
    await settle();
    expect(seen.sort()).toEqual(['tab 0', 'tab 1', 'tab 2']);
  });

  it('moves the engine when the leader closes; what was under way fails and is not repeated', async () => {
    const browser = new Browser();
    const leader = await browser.openTab();
    const second = await browser.openTab();
    const third = await browser.openTab();
    browser.worker(0).becomeReady();
    await settle();
    const fromSecond = second.core.send('app.stop', { app: 'a' });
    const fromThird = third.core.send('app.remove', { app: 'b' });
    await settle();
    expect(browser.worker(0).commands()).toHaveLength(2);
    leader.close();
    await settle();
    await expect(fromSecond).rejects.toMatchObject({ code: 'outcome_unknown' });
    await expect(fromThird).rejects.toMatchObject({ code: 'outcome_unknown' });
    expect([second.role, third.role]).toEqual(['leader', 'follower']);
    expect(browser.worker(0).terminated).toBe(true);
    browser.worker(1).becomeReady();
    await settle();
    expect(browser.worker(1).commands()).toEqual([]);
    expect([second.core.status, third.core.status]).toEqual(['ready', 'follower']);
  });

  it('sends a command given during the move to the new engine, once', async () => {
    const browser = new Browser();
    const leader = await browser.openTab();
    const second = await browser.openTab();
    leader.close();
    await settle();
    const waiting = second.core.send('node.list', {});
    browser.worker(1).becomeReady();
    await settle();
    expect(browser.worker(1).commands()).toHaveLength(1);
    browser.worker(1).say({ kind: 'reply', id: 1, body: { nodes: [] } });
    await expect(waiting).resolves.toEqual({ nodes: [] });
  });

  it('tells a tab that comes later where the engine is', async () => {
    const browser = new Browser();
    await browser.openTab();
    browser.worker(0).becomeReady();
    await settle();
    const late = await browser.openTab();
    expect(late.core.status).toBe('follower');
  });

  it('refuses an engine of another protocol with a clear message, in every tab', async () => {
    const browser = new Browser();
    const leader = await browser.openTab();
    const follower = await browser.openTab();
    browser.worker(0).becomeReady(PROTOCOL + 1);
    await settle();
    for (const tab of [leader, follower]) {
      expect(tab.core.status).toBe('crashed');
      expect(tab.core.failure?.message).toContain(`protocol ${PROTOCOL} and the engine speaks 2`);
    }
  });

  it('reports a crash to every tab and starts anew when a follower asks for it', async () => {
    const browser = new Browser();
    const leader = await browser.openTab();
    const follower = await browser.openTab();
    browser.worker(0).becomeReady();
    await settle();
    const lost = follower.core.send('app.stop', { app: 'a' });
    await settle();
    browser.worker(0).say({ kind: 'crashed', reason: 'out of memory' });
    await settle();
    await expect(lost).rejects.toMatchObject({ code: 'outcome_unknown' });
    expect([leader.core.status, follower.core.status]).toEqual(['crashed', 'crashed']);
    follower.restart();
    await settle();
    browser.worker(1).becomeReady();
    await settle();
    expect([leader.core.status, follower.core.status]).toEqual(['ready', 'follower']);
    expect(leader.core.failure).toBeNull();
  });

  it('ends the log streams of a closed follower and lets its deployments go on', async () => {
    const browser = new Browser();
    await browser.openTab();
    const follower = await browser.openTab();
    const worker = browser.worker(0);
    worker.becomeReady();
    await settle();
    follower.core.send('app.logs', { app: 'a', follow: true }).catch(() => undefined);
    follower.core.send('app.restart', { app: 'a' }).catch(() => undefined);
    await settle();
    follower.close();
    await settle();
    const logs = worker.commands().find(({ name }) => name === 'app.logs');
    expect(worker.received.filter(({ kind }) => kind === 'cancel')).toEqual([
      { kind: 'cancel', id: logs?.id },
    ]);
  });

  it('tells an engine that starts without a network that there is none', async () => {
    const browser = new Browser();
    browser.online = false;
    await browser.openTab();
    browser.worker(0).becomeReady();
    expect(browser.worker(0).received.filter(({ kind }) => kind === 'network')).toEqual([
      { kind: 'network', online: false },
    ]);
  });

  it('says why an engine did not start, in every tab', async () => {
    const browser = new Browser();
    const leader = await browser.openTab();
    const follower = await browser.openTab();
    const error = { code: 'store_failed', message: 'What is stored is damaged.', hint: 'Save it.' };
    browser.worker(0).say({ kind: 'fatal', error });
    await settle();
    for (const tab of [leader, follower]) {
      expect(tab.core.status).toBe('crashed');
      expect(tab.core.failure).toMatchObject(error);
    }
    await expect(follower.core.send('node.list', {})).rejects.toMatchObject(error);
  });

  it('ends the engine of every tab before everything is erased, and starts none', async () => {
    const browser = new Browser();
    const leader = await browser.openTab();
    const follower = await browser.openTab();
    const third = await browser.openTab();
    browser.worker(0).becomeReady();
    await settle();
    await follower.retire();
    await settle();
    expect(browser.workers.every((worker) => worker.terminated)).toBe(true);
    for (const tab of [leader, follower, third]) {
      expect(tab.core.failure?.message).toContain('being erased');
    }
    const before = browser.workers.length;
    await browser.openTab();
    expect(browser.workers).toHaveLength(before);
    follower.tellErased();
    await settle();
    expect(browser.erased).toBeGreaterThanOrEqual(2);
  });

  it('tells the engine when the network goes and comes', async () => {
    const browser = new Browser();
    await browser.openTab();
    browser.worker(0).becomeReady();
    browser.networkListener?.(false);
    expect(browser.worker(0).received).toContainEqual({ kind: 'network', online: false });
  });

  it('locks from any tab: wipes, ends the worker, starts another, fails what was pending', async () => {
    const browser = new Browser();
    const leader = await browser.openTab();
    const follower = await browser.openTab();
    browser.worker(0).becomeReady();
    await settle();
    const pending = [
      leader.core.send('app.stop', { app: 'a' }),
      follower.core.send('app.stop', { app: 'b' }),
    ];
    await settle();
    follower.lock();
    await settle();
    for (const lost of pending) await expect(lost).rejects.toMatchObject({ code: 'locked' });
    expect([leader.core.status, follower.core.status]).toEqual(['starting', 'starting']);
    expect(browser.worker(0).received.at(-1)).toEqual({ kind: 'lock' });
    // Not ended before its keys are wiped, and not heard any more.
    expect(browser.worker(0).terminated).toBe(false);
    browser.worker(0).say({ kind: 'ready' });
    expect(leader.core.status).toBe('starting');
    browser.worker(0).say({ kind: 'locked' });
    await settle();
    expect(browser.worker(0).terminated).toBe(true);
    browser.worker(1).becomeReady();
    await settle();
    expect([leader.core.status, follower.core.status]).toEqual(['ready', 'follower']);
  });

  it('fails commands that waited for the engine when it is locked: they were meant for the open one', async () => {
    const browser = new Browser();
    const leader = await browser.openTab();
    const waiting = leader.core.send('app.stop', { app: 'a' });
    leader.lock();
    await expect(waiting).rejects.toMatchObject({ code: 'locked' });
    browser.worker(0).say({ kind: 'locked' });
    await settle();
    browser.worker(1).becomeReady();
    expect(browser.worker(1).commands()).toEqual([]);
  });

  it('moves to another workspace from any tab: the next engine is for that one', async () => {
    const browser = new Browser();
    const leader = await browser.openTab();
    const follower = await browser.openTab();
    expect(browser.worker(0).received[0]).toEqual({ kind: 'begin', workspace: 'main' });
    browser.worker(0).becomeReady();
    await settle();
    follower.lock('second');
    await settle();
    browser.worker(0).say({ kind: 'locked' });
    await settle();
    expect(browser.worker(1).received[0]).toEqual({ kind: 'begin', workspace: 'second' });
    browser.worker(1).becomeReady();
    // A lock without a name stays where it is, and so does a restart.
    leader.lock();
    browser.worker(1).say({ kind: 'locked' });
    await settle();
    expect(browser.worker(2).received[0]).toEqual({ kind: 'begin', workspace: 'second' });
    browser.worker(2).say({ kind: 'crashed', reason: 'out of memory' });
    leader.lock('main');
    expect(browser.worker(3).received[0]).toEqual({ kind: 'begin', workspace: 'main' });
  });

  it('takes over with the workspace that was chosen last', async () => {
    const browser = new Browser();
    const leader = await browser.openTab();
    await browser.openTab();
    browser.workspace = 'second';
    leader.close();
    await settle();
    expect(browser.worker(1).received[0]).toEqual({ kind: 'begin', workspace: 'second' });
  });

  it('ends a worker that does not answer a lock, and locks only once', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const browser = new Browser();
      const leader = await browser.openTab();
      browser.worker(0).becomeReady();
      leader.lock();
      leader.lock();
      vi.advanceTimersByTime(LOCK_MS_MAX);
      await settle();
      expect(browser.worker(0).terminated).toBe(true);
      expect(browser.workers).toHaveLength(2);
    } finally {
      vi.useRealTimers();
    }
  });

  it('moves a secret from the leader`s page to its worker and keeps no copy', async () => {
    const browser = new Browser();
    const leader = await browser.openTab();
    const bytes = bytesOfText('planted passphrase');
    const offered = leader.asks.offer('passphrase', bytes);
    expect(bytes).toHaveLength(0);
    const ask = browser.worker(0).received.at(-1);
    if (ask?.kind !== 'secret') throw new Error('no secret came');
    expect(new TextDecoder().decode(ask.bytes)).toBe('planted passphrase');
    browser.worker(0).say({ kind: 'desk', ref: ask.ref });
    await expect(offered).resolves.toBe(ask.ref);
  });

  it('tells the page which recovery word is wrong', async () => {
    const browser = new Browser();
    const leader = await browser.openTab();
    const offered = leader.asks.offer('recovery', bytesOfText('lusab'));
    const ask = browser.worker(0).received.at(-1);
    if (ask?.kind !== 'secret') throw new Error('no secret came');
    const error = { code: 'invalid_input', message: 'Word 3 cannot be one.', field: 'word.3' };
    browser.worker(0).say({ kind: 'desk_failed', ref: ask.ref, error });
    await expect(offered).rejects.toMatchObject({ code: 'invalid_input', field: 'word.3' });
  });

  it('whispers a follower`s secret, so that no other tab can read it, and carries the answer back', async () => {
    const browser = new Browser();
    await browser.openTab();
    const follower = await browser.openTab();
    const overheard: TabMessage[] = [];
    browser.listen((message) => overheard.push(message));
    const door = await Door.make();
    browser.worker(0).say({ kind: 'door', publicKey: door.publicKey });
    browser.worker(0).becomeReady();
    await settle();
    const secrets = new Secrets(new Strongbox());
    const { deriver } = testDeriver();
    const desk = new Desk({ secrets, deriver, door });
    const serve = async (count: number): Promise<void> => {
      await vi.waitFor(
        () => {
          expect(browser.worker(0).whispers()).toHaveLength(count);
        },
        { timeout: 20_000 },
      );
      const [whisper] = browser.worker(0).whispers().slice(-1);
      const answer = whisper && (await desk.answerWhisper(whisper));
      if (answer === undefined) throw new Error('not understood');
      browser.worker(0).say(answer);
    };
    const offered = follower.asks.offer('passphrase', bytesOfText('planted passphrase'));
    await serve(1);
    const ref = await offered;
    const kept = await secrets.take(ref, 'passphrase');
    expect(new TextDecoder().decode(kept)).toBe('planted passphrase');
    const made = follower.asks.makeRecovery();
    await serve(2);
    const { secret, words } = await made;
    expect(words.split('-')).toHaveLength(9);
    await expect(secrets.take(secret, 'recovery')).resolves.toHaveLength(16);
    const heard = JSON.stringify(overheard, (_key, value: unknown) =>
      value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : value,
    );
    expect(heard).toContain('whisper');
    expect(heard).not.toContain('planted');
    expect(heard).not.toContain(words.slice(0, 11));
  });

  it('fails what was asked of the desk when its engine is locked or gone', async () => {
    const browser = new Browser();
    const leader = await browser.openTab();
    const first = leader.asks.offer('passphrase', bytesOfText('x'));
    leader.lock();
    await expect(first).rejects.toMatchObject({ code: 'locked' });
    await expect(leader.asks.offer('passphrase', bytesOfText('x'))).rejects.toMatchObject({
      code: 'unreachable',
    });
    leader.close();
  });
});
