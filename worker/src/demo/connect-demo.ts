// A client over a throw-away engine of this tab alone, with three nodes and two apps from the start.
import { ClientCore } from '../client-core';
import type { Client, CommandName, SendOptions } from '../client';
import { EngineSession } from '../engine-session';
import { hostError } from '../errors';
import type { Commands, VaultView } from '../generated/contract';
import { Hub } from '../hub';
import { packInWorker } from '../pack/pack-client';
import { DEMO_CODE, DEMO_NODES, demoUrlOf } from './demo-cloud';

const VAULT: VaultView = { state: 'open', name: 'Demo', methods: [] };
const APPS = [
  { name: 'guestbook', replicas: 3 },
  { name: 'shop', replicas: 2 },
];

function noVault(): Error {
  return hostError(
    'forbidden',
    'The demo is kept in memory only, so it has no vault.',
    'Throw it away and set up a workspace of your own.',
  );
}

const refuse = (): Promise<never> => Promise.reject(noVault());

function startEngine(core: ClientCore): EngineSession {
  const session = new EngineSession({
    workspace: 'demo',
    makeWorker: () =>
      new Worker(new URL('./demo-worker.ts', import.meta.url), {
        type: 'module',
        name: 'automator67-demo',
      }),
    onReady: () => {
      core.attach((message) => {
        hub.fromTab('demo', message);
      }, 'ready');
    },
    onCrash: (error) => {
      core.crash(error);
    },
    onMessage: (message) => {
      if (message.kind === 'event') core.receive(message);
      else hub.fromEngine(message);
    },
    onDoor: () => undefined,
    onDesk: () => undefined,
  });
  const hub = new Hub({
    toEngine: (message) => {
      session.post(message);
    },
    toTab: (_tab, message) => {
      core.receive(message);
    },
  });
  return session;
}

async function furnish(core: ClientCore): Promise<void> {
  await Promise.all(
    DEMO_NODES.map(({ name }) =>
      core.send('node.claim', { url: demoUrlOf(name), code: DEMO_CODE }),
    ),
  );
  for (const { name, replicas } of APPS) {
    const source = { kind: 'git' as const, url: `https://demo.invalid/${name}.git` };
    // Answered when it runs; until then the page shows how it gets on.
    core.send('app.deploy', { name, source, replicas, create: true }).catch(() => undefined);
  }
}

/** `leave` is called when the demo is to be thrown away. */
export async function connectDemo(leave: () => void): Promise<Client> {
  const core = new ClientCore();
  const session = startEngine(core);
  async function send<K extends CommandName>(
    name: K,
    body: Commands[K]['req'],
    options?: SendOptions<K>,
  ): Promise<Commands[K]['res']> {
    if (name === 'vault.status') return { vault: VAULT } as Commands[K]['res'];
    if (name.startsWith('vault.')) throw noVault();
    return core.send(name, body, options);
  }
  await furnish(core);
  return {
    role: 'leader',
    get status() {
      return core.status;
    },
    get failure() {
      return core.failure;
    },
    send,
    on: core.on.bind(core),
    onStatus: core.onStatus.bind(core),
    addFolder: (files, onProgress) => packInWorker({ folder: files, keep: false }, onProgress),
    addArchive: (file, onProgress) => packInWorker({ archive: file, keep: false }, onProgress),
    offerSecret: refuse,
    makeRecovery: refuse,
    calibrate: refuse,
    lock: () => {
      leave();
      return Promise.resolve();
    },
    erase: () => {
      leave();
      return Promise.resolve();
    },
    passkeys: { available: () => Promise.resolve(false), create: refuse, ask: refuse },
    restart: leave,
    close: () => {
      session.end();
    },
  };
}
