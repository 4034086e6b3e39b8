// Puts a tab's client together from the browser's own parts.
import { base64urlOf, bytesOfBase64url } from './bytes';
import type { Client, FolderFile, PackProgress, Passkeys } from './client';
import { hostError } from './errors';
import { packInWorker } from './pack/pack-client';
import { makePasskey, passkeySupport, usePasskey } from './passkey';
import { CHANNEL } from './tab-channel';
import { Tab } from './tab';
import { storedWorkspace, storeWorkspace } from './workspace';

function watchNetwork(onChange: (online: boolean) => void): () => void {
  const changed = (): void => {
    onChange(navigator.onLine);
  };
  window.addEventListener('online', changed);
  window.addEventListener('offline', changed);
  return () => {
    window.removeEventListener('online', changed);
    window.removeEventListener('offline', changed);
  };
}

let persistenceAsked = false;

/** Without it the browser may throw archives and vaults away when the disk gets full. */
function askForPersistence(): void {
  if (persistenceAsked) return;
  persistenceAsked = true;
  navigator.storage.persist().catch(() => {
    // The answer changes nothing: a browser that refuses still keeps the data as long as it can.
  });
}

function requireBrowser(): void {
  const missing = [
    ['Web Locks', 'locks' in navigator],
    ['BroadcastChannel', typeof BroadcastChannel !== 'undefined'],
    ['IndexedDB', typeof indexedDB !== 'undefined'],
    ['Web Crypto', typeof crypto !== 'undefined' && 'subtle' in crypto],
  ].find(([, there]) => !there);
  if (missing === undefined) return;
  throw hostError(
    'internal',
    `This browser does not offer ${String(missing[0])} here, which Automator67 needs.`,
    'Use a current browser, and open the page over https or from localhost.',
  );
}

const passkeys: Passkeys = {
  available: async () => (await passkeySupport()) !== 'no',
  create: async (label, salt) => {
    const made = await makePasskey({ salt: Uint8Array.from(salt), name: label });
    return { credential: base64urlOf(made.credential), secret: made.bytes };
  },
  ask: async (known) => {
    const answer = await usePasskey(
      known.map(({ credential, salt }) => ({
        credential: bytesOfBase64url(credential),
        salt: bytesOfBase64url(salt),
      })),
    );
    return { credential: base64urlOf(answer.credential), secret: answer.bytes };
  },
};

function lockTab(tab: Tab, workspace?: string): Promise<void> {
  if (workspace !== undefined) storeWorkspace(workspace);
  tab.lock(workspace);
  return Promise.resolve();
}

/** Resolves as soon as the tab knows its role; commands sent before `ready` wait. */
export async function connect(): Promise<Client> {
  requireBrowser();
  const tab = new Tab({
    id: crypto.randomUUID(),
    channel: new BroadcastChannel(CHANNEL),
    workspace: storedWorkspace,
    locks: navigator.locks,
    makeWorker: () =>
      new Worker(new URL('./engine-worker.ts', import.meta.url), {
        type: 'module',
        name: 'automator67-engine',
      }),
    watchNetwork,
  });
  await tab.join();
  const { asks, core } = tab;
  const add = (
    job: { folder: readonly FolderFile[] } | { archive: File },
    onProgress?: (progress: PackProgress) => void,
  ) => {
    askForPersistence();
    return packInWorker(job, onProgress);
  };
  return {
    get role() {
      return tab.role;
    },
    get status() {
      return core.status;
    },
    get failure() {
      return core.failure;
    },
    send: core.send.bind(core),
    on: core.on.bind(core),
    onStatus: core.onStatus.bind(core),
    addFolder: (files, onProgress) => add({ folder: files }, onProgress),
    addArchive: (file, onProgress) => add({ archive: file }, onProgress),
    offerSecret: (kind, secret) => {
      askForPersistence();
      return asks.offer(kind, Uint8Array.from(secret));
    },
    makeRecovery: async () => {
      const { secret, words } = await asks.makeRecovery();
      return { ref: secret, words: words.split('-') };
    },
    calibrate: async () => (await asks.calibrate()).params,
    lock: (workspace) => lockTab(tab, workspace),
    passkeys,
    restart: () => {
      tab.restart();
    },
    close: () => {
      tab.close();
    },
  };
}
