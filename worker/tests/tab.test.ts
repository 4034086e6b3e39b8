import { describe, expect, it } from 'vitest';
import { PROTOCOL } from '../src/generated/contract';
import { Tab } from '../src/tab';
import { FakeAir } from './fakes/channel';
import { FakeLocks } from './fakes/locks';
import { FakeWorker, settle } from './fakes/worker';

class Browser {
  readonly workers: FakeWorker[] = [];
  private readonly locks = new FakeLocks();
  private readonly air = new FakeAir();
  private nextTab = 1;
  networkListener: ((online: boolean) => void) | null = null;

  async openTab(): Promise<Tab> {
    const tab = new Tab({
      id: `tab-${this.nextTab++}`,
      channel: this.air.join(),
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
    });
    await tab.join();
    await settle();
    return tab;
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

  it('tells the engine when the network goes and comes', async () => {
    const browser = new Browser();
    await browser.openTab();
    browser.worker(0).becomeReady();
    browser.networkListener?.(false);
    expect(browser.worker(0).received).toContainEqual({ kind: 'network', online: false });
  });
});
