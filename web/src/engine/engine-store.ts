// Mirrors what the engine said last: one snapshot from `engine.state`, kept true by events.
//
// It holds no rule of its own: nothing here decides what a node or an app should do. Why a
// snapshot replaces everything instead of merging: replies and events come in order over one
// channel, so whatever was seen before the reply is already in it.
import type {
  ActivityView,
  AppView,
  Client,
  Controller,
  ErrorView,
  NodeView,
  Settings,
  Snapshot,
  Status,
  VaultView,
} from '@automator67/worker';
import { toErrorView } from './errors';

const ACTIVITY_KEPT_MAX = 500;
/** The kind of the line that tells of a restored backup. */
const RESTORED = 'backup.restored';

/** `locked`: the engine answers, but its vault is to be created or opened first. */
export type Phase = 'starting' | 'locked' | 'ready' | 'failed';

export type Mirror = {
  phase: Phase;
  /** A workspace to look around in, kept in memory only. */
  demo: boolean;
  /** Why the engine did not start, or why it stopped. */
  failure: ErrorView | null;
  status: Status;
  role: 'leader' | 'follower';
  /** null until the engine said how it is. */
  vault: VaultView | null;
  controller: Controller | null;
  settings: Settings | null;
  nodes: readonly NodeView[];
  apps: readonly AppView[];
  /** Newest last. */
  activity: readonly ActivityView[];
};

const EMPTY: Mirror = {
  phase: 'starting',
  demo: false,
  failure: null,
  status: 'starting',
  role: 'leader',
  vault: null,
  controller: null,
  settings: null,
  nodes: [],
  apps: [],
  activity: [],
};

export type EngineStore = {
  subscribe: (listener: () => void) => () => void;
  snapshot: () => Mirror;
  /** The connected client; waits until there is one. */
  client: () => Promise<Client>;
  start: () => void;
  /** Leaves the engine there is for the demo's. There is no way back but a reload. */
  openDemo: (connectDemo: () => Promise<Client>) => Promise<void>;
  retry: () => void;
  /**
   * Locks the vault; what was in it leaves the mirror at once. With a workspace: goes on with that one.
   * Rejects when that failed.
   */
  lock: (workspace?: string) => Promise<void>;
  stop: () => void;
};

function byName<T extends { name: string }>(a: T, b: T): number {
  return a.name.localeCompare(b.name, 'en', { numeric: true });
}

function upsert<T extends { name: string }>(
  list: readonly T[],
  item: T,
  same: (a: T) => boolean,
): readonly T[] {
  const index = list.findIndex(same);
  if (index === -1) return [...list, item].sort(byName);
  const copy = [...list];
  copy[index] = item;
  return copy;
}

function fromSnapshot(mirror: Mirror, snapshot: Snapshot): Mirror {
  return {
    ...mirror,
    phase: 'ready',
    failure: null,
    controller: snapshot.controller,
    settings: snapshot.settings,
    nodes: [...snapshot.nodes].sort(byName),
    apps: [...snapshot.apps].sort(byName),
    activity: snapshot.activity,
  };
}

export function createEngineStore(connect: () => Promise<Client>): EngineStore {
  const listeners = new Set<() => void>();
  const endings: (() => void)[] = [];
  let mirror = EMPTY;
  let connected: Client | null = null;
  let connecting: Promise<Client> | null = null;
  let stopped = false;
  // Which load is the newest: the answer to an older one may be of a vault that was locked since.
  let loads = 0;

  function update(change: Partial<Mirror>): void {
    mirror = { ...mirror, ...change };
    for (const listener of listeners) listener();
  }

  /** Nothing of an opened vault stays in the mirror. */
  function empty(phase: 'starting' | 'locked', vault: VaultView | null): void {
    loads += 1;
    update({ ...EMPTY, phase, vault, demo: mirror.demo, status: mirror.status, role: mirror.role });
  }

  function listen(client: Client): void {
    endings.push(
      client.on('vault.changed', ({ vault }) => {
        if (vault.state !== 'open') return empty('locked', vault);
        update({ vault });
        if (mirror.phase !== 'ready') void load(client);
      }),
      client.on('node.changed', ({ node }) => {
        update({ nodes: upsert(mirror.nodes, node, (other) => other.id === node.id) });
      }),
      client.on('node.removed', ({ node }) => {
        update({ nodes: mirror.nodes.filter((other) => other.id !== node) });
      }),
      client.on('app.changed', ({ app }) => {
        update({ apps: upsert(mirror.apps, app, (other) => other.name === app.name) });
      }),
      client.on('app.removed', ({ app }) => {
        update({ apps: mirror.apps.filter((other) => other.name !== app) });
      }),
      client.on('activity.added', ({ activity }) => {
        update({ activity: [...mirror.activity, activity].slice(-ACTIVITY_KEPT_MAX) });
        // The lines before it may be others now.
        if (activity.kind === RESTORED) void load(client);
      }),
      client.on('controller.changed', ({ controller }) => update({ controller })),
      client.on('settings.changed', ({ settings }) => update({ settings })),
      client.onStatus((status) => {
        const known = mirror.phase === 'ready' || mirror.phase === 'locked';
        const cameBack = known && status !== mirror.status && isServing(status);
        const failure = status === 'crashed' && client.failure ? toErrorView(client.failure) : null;
        update({ status, role: client.role, failure: failure ?? mirror.failure });
        // Another engine answers now (the leading tab closed, or a restart): ask it for everything.
        if (cameBack) void load(client);
      }),
    );
  }

  async function load(client: Client): Promise<void> {
    loads += 1;
    const turn = loads;
    try {
      const { vault } = await client.send('vault.status', {});
      if (turn !== loads) return;
      if (vault.state !== 'open') return empty('locked', vault);
      update({ vault });
      const snapshot = await client.send('engine.state', {});
      if (turn !== loads) return;
      mirror = fromSnapshot(mirror, snapshot);
      update({ role: client.role });
    } catch (error) {
      if (turn !== loads) return;
      // Asked of an engine that was just being ended; the next one is asked once it is there.
      const ending = toErrorView(error).code === 'locked' && client.failure === null;
      if (ending && mirror.phase !== 'ready') return load(client);
      if (mirror.phase === 'ready') return; // Keep showing what was known; the banner says why.
      // What the client says of itself is the cause; what the command failed with follows from it.
      update({ phase: 'failed', failure: toErrorView(client.failure ?? error) });
    }
  }

  let connectNow = connect;

  async function open(): Promise<Client> {
    const client = await connectNow();
    connected = client;
    if (stopped) client.close();
    else listen(client);
    return client;
  }

  function start(): void {
    if (connecting) return;
    stopped = false;
    connecting = open();
    connecting.then(load, (error: unknown) => {
      update({ phase: 'failed', failure: toErrorView(error) });
    });
  }

  return {
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    snapshot: () => mirror,
    client() {
      start();
      return connecting as Promise<Client>;
    },
    start,
    async openDemo(connectDemo) {
      const demo = await connectDemo();
      for (const end of endings.splice(0)) end();
      connected?.close();
      connecting = null;
      connectNow = () => Promise.resolve(demo);
      loads += 1;
      update({ ...EMPTY, demo: true });
      start();
    },
    retry() {
      update({ phase: 'starting', failure: null });
      if (connected) {
        if (connected.status === 'crashed') connected.restart();
        void load(connected);
        return;
      }
      connecting = null;
      start();
    },
    async lock(workspace) {
      if (!connected) return;
      const client = connected;
      empty('starting', null);
      try {
        await client.lock(workspace);
      } finally {
        await load(client);
      }
    },
    stop() {
      stopped = true;
      for (const end of endings.splice(0)) end();
      connected?.close();
      connected = null;
      connecting = null;
    },
  };
}

/** An engine answers this tab. */
export function isServing(status: Status): boolean {
  return status === 'ready' || status === 'follower';
}
