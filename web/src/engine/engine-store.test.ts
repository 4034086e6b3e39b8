import { EngineError } from '@automator67/worker';
import { describe, expect, test } from 'vitest';
import { FakeClient } from '../testing/fake-client';
import { makeActivity, makeApp, makeNode, makeSnapshot, makeVault } from '../testing/fake-data';
import { createEngineStore, type EngineStore } from './engine-store';

async function started(client: FakeClient): Promise<EngineStore> {
  const store = createEngineStore(() => Promise.resolve(client));
  store.start();
  await settled(store);
  return store;
}

function settled(store: EngineStore): Promise<void> {
  return new Promise((resolve) => {
    const end = store.subscribe(() => {
      if (store.snapshot().phase === 'starting') return;
      end();
      resolve();
    });
  });
}

describe('EngineStore', () => {
  test('shows the snapshot, sorted by name the way people count', async () => {
    const store = await started(
      new FakeClient({ nodes: ['node-10', 'node-2', 'node-1'].map((name) => makeNode({ name })) }),
    );
    expect(store.snapshot().phase).toBe('ready');
    expect(store.snapshot().nodes.map((node) => node.name)).toEqual([
      'node-1',
      'node-2',
      'node-10',
    ]);
  });

  test('events keep it true: new, changed and removed things', async () => {
    const client = new FakeClient({ nodes: [makeNode({ name: 'node-1' })], apps: [makeApp()] });
    const store = await started(client);
    client.emit('node.changed', { node: makeNode({ name: 'node-1', state: 'dead' }) });
    client.emit('node.changed', { node: makeNode({ name: 'node-0' }) });
    expect(store.snapshot().nodes.map((node) => `${node.name} ${node.state}`)).toEqual([
      'node-0 awake',
      'node-1 dead',
    ]);
    client.emit('node.removed', { node: 'id-node-0' });
    client.emit('app.removed', { app: 'guestbook' });
    expect(store.snapshot().nodes).toHaveLength(1);
    expect(store.snapshot().apps).toHaveLength(0);
  });

  test('what did not change keeps its identity, so that unrelated parts do not render again', async () => {
    const client = new FakeClient({ apps: [makeApp({ name: 'a' }), makeApp({ name: 'b' })] });
    const store = await started(client);
    const [a] = store.snapshot().apps;
    const nodes = store.snapshot().nodes;
    client.emit('app.changed', { app: makeApp({ name: 'b', state: 'failed' }) });
    expect(store.snapshot().apps[0]).toBe(a);
    expect(store.snapshot().nodes).toBe(nodes);
  });

  test('activity is bounded and keeps the newest', async () => {
    const client = new FakeClient();
    const store = await started(client);
    for (let seq = 1; seq <= 620; seq += 1) {
      client.emit('activity.added', { activity: makeActivity({ seq }) });
    }
    expect(store.snapshot().activity).toHaveLength(500);
    expect(store.snapshot().activity.at(-1)?.seq).toBe(620);
  });

  test('a failed start says why and can be tried again', async () => {
    const client = new FakeClient({ nodes: [makeNode()] });
    let attempts = 0;
    const store = createEngineStore(() => {
      attempts += 1;
      return attempts === 1
        ? Promise.reject(
            new EngineError({ code: 'internal', message: 'No worker.', hint: 'Reload.' }),
          )
        : Promise.resolve(client);
    });
    store.start();
    await settled(store);
    expect(store.snapshot()).toMatchObject({
      phase: 'failed',
      failure: { message: 'No worker.', hint: 'Reload.' },
    });
    store.retry();
    await settled(store);
    expect(store.snapshot().phase).toBe('ready');
  });

  test('another engine that takes over is asked for everything anew', async () => {
    const client = new FakeClient();
    client.status = 'follower';
    client.role = 'follower';
    const store = await started(client);
    expect(store.snapshot().role).toBe('follower');
    client.state = { ...client.state, nodes: [makeNode({ name: 'fresh' })] };
    client.role = 'leader';
    client.setStatus('ready');
    await expect.poll(() => store.snapshot().nodes[0]?.name).toBe('fresh');
    expect(store.snapshot().role).toBe('leader');
  });

  test('a crashed engine keeps what was known on the screen, and retry restarts it', async () => {
    const client = new FakeClient({ nodes: [makeNode()] });
    const store = await started(client);
    client.setStatus('crashed');
    expect(store.snapshot()).toMatchObject({ phase: 'ready', status: 'crashed' });
    expect(store.snapshot().nodes).toHaveLength(1);
    store.retry();
    expect(client.restarts).toBe(1);
  });

  test('stop closes the client and listens no longer', async () => {
    const client = new FakeClient();
    const store = await started(client);
    store.stop();
    client.emit('node.changed', { node: makeNode() });
    expect(client.closed).toBe(true);
    expect(store.snapshot().nodes).toHaveLength(0);
  });

  test('a vault that is locked or absent is asked for first; the state only once it is open', async () => {
    const client = new FakeClient({ nodes: [makeNode()] });
    client.vault = makeVault({ state: 'locked' });
    const store = await started(client);
    expect(store.snapshot()).toMatchObject({ phase: 'locked', vault: { state: 'locked' } });
    expect(client.sentOf('engine.state')).toHaveLength(0);
    client.setVault({ state: 'open' });
    await expect.poll(() => store.snapshot().phase).toBe('ready');
    expect(store.snapshot().nodes).toHaveLength(1);
  });

  test('a new way to open it changes the vault and nothing else', async () => {
    const client = new FakeClient();
    const store = await started(client);
    client.setVault({ keyEpoch: 3 });
    expect(store.snapshot()).toMatchObject({ phase: 'ready', vault: { keyEpoch: 3 } });
    expect(client.sentOf('engine.state')).toHaveLength(1);
  });

  test('a restored backup: everything is asked for anew', async () => {
    const client = new FakeClient();
    const store = await started(client);
    client.state = makeSnapshot({ nodes: [makeNode()] });
    client.emit('activity.added', {
      activity: makeActivity({ kind: 'backup.restored' }),
    });
    await expect.poll(() => store.snapshot().nodes).toHaveLength(1);
    expect(client.sentOf('engine.state')).toHaveLength(2);
  });

  test('lock: what was in the vault leaves the mirror before the engine has answered', async () => {
    const client = new FakeClient({ nodes: [makeNode()], apps: [makeApp()] });
    const store = await started(client);
    const locking = store.lock();
    expect(store.snapshot()).toMatchObject({ nodes: [], apps: [], controller: null, vault: null });
    await locking;
    expect(client.locks).toBe(1);
    expect(store.snapshot()).toMatchObject({ phase: 'locked', vault: { state: 'locked' } });
  });

  test('what was asked of an engine that was being ended is asked of the next one', async () => {
    const client = new FakeClient();
    const store = await started(client);
    client.lock = () => {
      // As a tab without an engine sees it: the lock is only announced yet, and what is sent now is lost.
      let asked = 0;
      client.answer('vault.status', () => {
        asked += 1;
        if (asked === 1) throw new EngineError({ code: 'locked', message: 'It was locked.' });
        return { vault: makeVault({ state: 'locked' }) };
      });
      return Promise.resolve();
    };
    await store.lock();
    expect(store.snapshot()).toMatchObject({ phase: 'locked', failure: null });
  });

  test('a lock that fails is told, and the page goes on with the open vault', async () => {
    const client = new FakeClient({ nodes: [makeNode()] });
    client.lock = () => Promise.reject(new Error('no answer'));
    const store = await started(client);
    await expect(store.lock()).rejects.toThrow('no answer');
    expect(store.snapshot()).toMatchObject({ phase: 'ready', vault: { state: 'open' } });
  });

  test('a state that is answered after a lock is not shown', async () => {
    const client = new FakeClient({ nodes: [makeNode()] });
    let answer: (() => void) | undefined;
    client.vault = makeVault({ state: 'locked' });
    client.answer(
      'engine.state',
      () => new Promise((resolve) => (answer = () => resolve(client.state))),
    );
    const store = await started(client);
    client.setVault({ state: 'open' });
    await expect.poll(() => answer).toBeDefined();
    client.setVault({ state: 'locked' });
    answer?.();
    await Promise.resolve();
    await Promise.resolve();
    expect(store.snapshot()).toMatchObject({ phase: 'locked', nodes: [] });
  });

  test('another engine that takes over locked is shown locked', async () => {
    const client = new FakeClient({ nodes: [makeNode()] });
    client.status = 'follower';
    const store = await started(client);
    client.vault = makeVault({ state: 'locked' });
    client.setStatus('ready');
    await expect.poll(() => store.snapshot().phase).toBe('locked');
    expect(store.snapshot().nodes).toHaveLength(0);
  });
});
