// One tab: follower at first, leader once it holds the engine's lock.
//
// Two engines that both give orders would fight, so the lock decides, and a leader stays one until
// its tab is closed. A follower learns that its leader is gone when another tab announces itself;
// what it had sent to the old one is then of unknown outcome and is not sent again.
import { ClientCore } from './client-core';
import type { Role } from './client';
import { EngineSession, protocolMismatch, type WorkerPort } from './engine-session';
import { engineCrashed, EngineError, erased, locked, outcomeUnknown } from './errors';
import { PROTOCOL } from './generated/contract';
import { Hub } from './hub';
import type { Bytes } from './bytes';
import { Asks } from './keyring/asks';
import { buffersOf } from './keyring/deriver';
import type { DeskAnswer, WhisperedMessage } from './keyring/desk';
import { Whisperer } from './keyring/whisperer';
import {
  type Channel,
  ENGINE_LOCK,
  type LeaderState,
  tabLock,
  type TabMessage,
} from './tab-channel';

/** A tab that does not end its engine by then is stuck; its database is taken from it all the same. */
export const RETIRE_MS_MAX = 3_000;

export type TabDoors = {
  id: string;
  channel: Channel;
  /** The workspace that was chosen last, when this tab comes to lead. */
  workspace: () => string;
  locks: Pick<LockManager, 'request'>;
  makeWorker: () => WorkerPort;
  /** Calls back on every change; returns what ends that. */
  watchNetwork: (onChange: (online: boolean) => void) => () => void;
  online: () => boolean;
  /** Another tab has erased everything. */
  onErased: () => void;
};

export class Tab {
  readonly core = new ClientCore();
  readonly asks = new Asks();
  role: Role = 'follower';
  private readonly doors: TabDoors;
  private readonly closing = new AbortController();
  private letGo: () => void = () => undefined;
  private leader: string | null = null;
  private state: LeaderState = 'starting';
  private session: EngineSession | null = null;
  private hub: Hub | null = null;
  private door: Bytes | null = null;
  private locking = false;
  private workspace = '';
  private readonly whisperer: Whisperer;
  private readonly watched = new Set<string>();
  private unwatchNetwork: () => void = () => undefined;

  constructor(doors: TabDoors) {
    this.doors = doors;
    this.whisperer = new Whisperer(doors.id);
    doors.channel.onmessage = ({ data }) => {
      this.receive(data);
    };
  }

  /** Settles the role; waiting for the lock goes on behind it. */
  async join(): Promise<void> {
    const { locks, id, channel } = this.doors;
    const { signal } = this.closing;
    void locks.request(tabLock(id), () => this.untilClosed());
    const leads = await new Promise<boolean>((resolve) => {
      void locks.request(ENGINE_LOCK, { ifAvailable: true }, (lock) => {
        resolve(lock !== null);
        return lock === null ? undefined : this.lead();
      });
    });
    if (leads) return;
    locks
      .request(ENGINE_LOCK, { signal }, () => this.lead())
      .catch(() => {
        // Only close() aborts the wait.
      });
    channel.postMessage({ type: 'who' });
  }

  restart(): void {
    if (this.role === 'leader') {
      if (this.state === 'crashed') this.startEngine();
    } else if (this.leader !== null) {
      this.doors.channel.postMessage({ type: 'restart', to: this.leader });
    }
  }

  /** Ends the engine with its keys wherever it runs, and starts a locked one, of another workspace if one is named. */
  lock(workspace?: string): void {
    if (this.role === 'leader') void this.lockEngine(workspace);
    else this.doors.channel.postMessage({ type: 'lock', ...(workspace && { workspace }) });
  }

  /** Ends every tab's engine. When this resolves none runs, and none starts as long as this page is there. */
  async retire(): Promise<void> {
    const { channel, locks } = this.doors;
    channel.postMessage({ type: 'retire' });
    this.endHere(erased());
    await new Promise<void>((resolve) => {
      setTimeout(resolve, RETIRE_MS_MAX);
      void locks.request(ENGINE_LOCK, () => {
        resolve();
        return new Promise(() => undefined); // held until the page goes
      });
    });
  }

  /** Tells the other tabs that nothing is left. */
  tellErased(): void {
    this.doors.channel.postMessage({ type: 'erased' });
  }

  close(): void {
    this.closing.abort();
    this.unwatchNetwork();
    this.session?.end();
    this.core.detach(outcomeUnknown());
    this.asks.detach(outcomeUnknown());
    this.doors.channel.onmessage = null;
    this.doors.channel.close();
    this.letGo();
  }

  private endHere(why: EngineError): void {
    this.closing.abort();
    this.unwatchNetwork();
    this.session?.end();
    this.core.crash(why);
    this.asks.detach(why);
  }

  private untilClosed(): Promise<void> {
    if (this.closing.signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      this.closing.signal.addEventListener('abort', () => {
        resolve();
      });
    });
  }

  private lead(): Promise<void> {
    this.role = 'leader';
    this.leader = this.doors.id;
    this.workspace = this.doors.workspace();
    this.unwatchNetwork = this.doors.watchNetwork((online) => {
      this.session?.post({ kind: 'network', online });
    });
    this.startEngine();
    return this.untilClosed();
  }

  private async lockEngine(workspace = this.workspace): Promise<void> {
    const { session } = this;
    const moves = workspace !== this.workspace;
    this.workspace = workspace;
    if (session === null || this.locking) return;
    if (this.state === 'crashed') {
      if (moves) this.startEngine();
      return;
    }
    this.locking = true;
    const error = locked();
    this.core.lockOut(error);
    this.asks.detach(error);
    this.door = null;
    this.setState('starting', error);
    await session.lock();
    this.locking = false;
    if (!this.closing.signal.aborted) this.startEngine();
  }

  private startEngine(): void {
    const { id, channel, makeWorker } = this.doors;
    this.core.detach(outcomeUnknown());
    this.asks.detach(outcomeUnknown());
    this.door = null;
    this.setState('starting', null);
    const session = new EngineSession({
      makeWorker,
      workspace: this.workspace,
      onReady: () => {
        // An engine takes it that there is a network until it hears otherwise.
        if (!this.doors.online()) session.post({ kind: 'network', online: false });
        this.setState('ready', null);
        this.core.attach((message) => {
          hub.fromTab(id, message);
        }, 'ready');
      },
      onCrash: (error) => {
        this.setState('crashed', error);
        this.core.crash(error);
        this.asks.detach(error);
      },
      onMessage: (message) => {
        if (message.kind !== 'event') {
          hub.fromEngine(message);
          return;
        }
        this.core.receive(message);
        channel.postMessage({ type: 'event', from: id, message });
      },
      onDoor: (publicKey) => {
        this.door = publicKey;
      },
      onDesk: (message) => {
        this.deliver(message);
      },
    });
    const hub = new Hub({
      toEngine: (message) => {
        session.post(message);
      },
      toTab: (tab, message) => {
        if (tab === id) this.core.receive(message);
        else channel.postMessage({ type: 'answer', to: tab, from: id, message });
      },
    });
    this.session = session;
    this.hub = hub;
    this.asks.attach((ask) => {
      session.post(ask, buffersOf(ask));
    });
  }

  private deliver(message: DeskAnswer | WhisperedMessage): void {
    const { id, channel } = this.doors;
    if (message.kind === 'whispered') {
      channel.postMessage({ type: 'whispered', to: message.tab, from: id, message });
    } else this.asks.receive(message);
  }

  private setState(state: LeaderState, error: EngineError | null): void {
    this.state = state;
    this.doors.channel.postMessage({
      type: 'leader',
      leader: this.doors.id,
      protocol: PROTOCOL,
      state,
      error: error === null ? null : { code: error.code, message: error.message, hint: error.hint },
      door: this.door,
    });
  }

  private receive(data: TabMessage): void {
    if (data.type === 'erased') this.doors.onErased();
    else if (this.closing.signal.aborted) return;
    else if (data.type === 'retire') this.endHere(erased());
    else if (this.role === 'leader') this.receiveAsLeader(data);
    else this.receiveAsFollower(data);
  }

  private receiveAsLeader(data: TabMessage): void {
    const { id } = this.doors;
    if (data.type === 'who') this.setState(this.state, this.core.failure);
    else if (data.type === 'restart' && data.to === id) this.restart();
    else if (data.type === 'lock') void this.lockEngine(data.workspace);
    else if (data.type === 'whisper' && data.to === id) this.session?.post(data.message);
    else if (data.type === 'command' && data.to === id && this.state === 'ready') {
      this.watch(data.from);
      this.hub?.fromTab(data.from, data.message);
    }
  }

  private receiveAsFollower(data: TabMessage): void {
    const { id } = this.doors;
    if (data.type === 'leader') this.follow(data);
    else if (data.type === 'answer' && data.to === id && data.from === this.leader) {
      this.core.receive(data.message);
    } else if (data.type === 'event' && data.from === this.leader) this.core.receive(data.message);
    else if (data.type === 'whispered' && data.to === id && data.from === this.leader) {
      void this.whisperer.hear(data.message).then((answer) => {
        if (answer !== undefined) this.asks.receive(answer);
      });
    }
  }

  private follow(news: Extract<TabMessage, { type: 'leader' }>): void {
    if (news.leader !== this.leader) {
      this.core.detach(outcomeUnknown());
      this.leader = news.leader;
    }
    if (news.protocol !== PROTOCOL) {
      this.core.crash(protocolMismatch(news.protocol));
      return;
    }
    const error = news.error === null ? null : new EngineError(news.error);
    switch (news.state) {
      case 'starting':
        if (error === null) this.core.detach(outcomeUnknown());
        else this.core.lockOut(error);
        this.asks.detach(error ?? outcomeUnknown());
        break;
      case 'crashed':
        this.core.crash(error ?? engineCrashed('unknown'));
        this.asks.detach(error ?? engineCrashed('unknown'));
        break;
      case 'ready':
        this.attachTo(news.leader, news.door);
        break;
      default:
        news.state satisfies never;
    }
  }

  private attachTo(leader: string, door: Bytes | null): void {
    const { channel, id } = this.doors;
    this.core.attach((message) => {
      channel.postMessage({ type: 'command', to: leader, from: id, message });
    }, 'follower');
    if (door === null) return;
    this.asks.attach(async (ask) => {
      const message = await this.whisperer.whisper(door, ask);
      channel.postMessage({ type: 'whisper', to: leader, message });
    });
  }

  // The leader gets a tab's lock only when that tab is gone.
  private watch(tab: string): void {
    if (this.watched.has(tab)) return;
    this.watched.add(tab);
    this.doors.locks
      .request(tabLock(tab), { signal: this.closing.signal }, () => {
        this.watched.delete(tab);
        this.hub?.dropTab(tab);
      })
      .catch(() => {
        // Only close() aborts the wait.
      });
  }
}
