// Scenes for the dev harness: a fake engine that moves. Time and chance are the browser's own here;
// tests use FakeClient by itself.
import {
  EngineError,
  type AppView,
  type LogLine,
  type NodeView,
  type Snapshot,
} from '@automator67/worker';
import { addAccounts } from './accounts-scene';
import { FakeClient } from './fake-client';
import {
  GIB,
  makeActivity,
  makeApp,
  makeDeployment,
  makeMethod,
  makeNode,
  makePasskeyMethod,
  makePlacement,
  makePlan,
  makePoints,
  makeReplica,
  makeVault,
} from './fake-data';
import { addKept } from './vault-scene';

function sceneNodes(): NodeView[] {
  const load = (cpuPercent: number, memoryPercent: number, requestsPerSecond: number) => ({
    cpuPercent,
    memoryPercent,
    connections: 18,
    requestsPerSecond,
    latencyMs: 2.8,
    successRate: 0.9994,
  });
  return [
    makeNode({
      name: 'entry',
      role: 'gateway',
      replicas: 0,
      url: 'http://127.0.0.1:4600',
      load: load(11, 12, 143),
    }),
    makeNode({ name: 'node-1', replicas: 3, load: load(34, 48, 61) }),
    makeNode({ name: 'node-2', replicas: 3, url: 'http://127.0.0.1:4602', load: load(22, 39, 48) }),
    makeNode({ name: 'node-3', replicas: 2, url: 'http://127.0.0.1:4603', load: load(81, 77, 34) }),
  ];
}

function sceneApps(): AppView[] {
  const copies = (app: string, names: string[], rate: number) =>
    names.map((nodeName, index) =>
      makeReplica({
        id: `${app}-r3-${['7f3k', '9x2d', 'q1w8', 'm4np'][index] ?? 'zz'}`,
        app,
        nodeName,
        requestsPerSecond: rate * (1 + index / 5),
        cpuPercent: 6 + index * 2.4,
      }),
    );
  return [
    makeApp({
      name: 'guestbook',
      replicas: copies('guestbook', ['node-1', 'node-2', 'node-3'], 22),
    }),
    makeApp({
      name: 'weather-api',
      state: 'degraded',
      replicas: [
        ...copies('weather-api', ['node-1', 'node-2'], 12),
        makeReplica({
          id: 'weather-api-r3-q1w8',
          app: 'weather-api',
          nodeName: 'node-3',
          state: 'backoff',
          restarts: 4,
          requestsPerSecond: 0,
          reason: {
            code: 'crashed',
            message: 'The app stopped by itself with exit code 1; the next start is in 20 s.',
            hint: 'Look at its last log lines.',
          },
        }),
      ],
      replicasWanted: 3,
      requestsPerSecond: 26.1,
      errorsPerSecond: 0.4,
      p95Ms: 41,
    }),
    makeApp({
      name: 'docs',
      replicas: copies('docs', ['node-1', 'node-2'], 9),
      requestsPerSecond: 18.7,
      p50Ms: 0.8,
      p95Ms: 2.1,
      memoryMb: 0,
      envNames: [],
    }),
  ];
}

function sceneActivity() {
  const now = Date.now();
  const lines: [number, 'info' | 'warning' | 'error', string, string, string][] = [
    [4200, 'info', 'node.claimed', 'node-1', 'node-1 was claimed.'],
    [4190, 'info', 'node.claimed', 'node-2', 'node-2 was claimed.'],
    [4180, 'info', 'node.claimed', 'node-3', 'node-3 was claimed.'],
    [
      2700,
      'info',
      'app.deployed',
      'guestbook',
      'Release 3 of guestbook serves with 3 of 3 replicas.',
    ],
    [
      1300,
      'error',
      'replica.crashed',
      'weather-api',
      'weather-api-r3-q1w8 on node-3 stopped with exit code 1.',
    ],
    [
      900,
      'warning',
      'node.state',
      'node-3',
      'node-3 is suspect: nothing was heard from it for 12 s.',
    ],
    [890, 'info', 'node.state', 'node-3', 'node-3 is awake again.'],
    [300, 'info', 'app.scaled', 'docs', 'docs runs 2 replicas now.'],
    [
      40,
      'warning',
      'replica.backoff',
      'weather-api',
      'weather-api-r3-q1w8 restarts in 20 s (4th time).',
    ],
  ];
  return lines.map(([ago, level, kind, subject, message], index) =>
    makeActivity({ seq: index + 1, at: now - ago * 1000, level, kind, subject, message }),
  );
}

const LOG_TEXTS = [
  'GET / 200 1.9 ms',
  'GET /messages 200 2.4 ms',
  'POST /messages 303 5.1 ms',
  '\u001b[33mwarn\u001b[0m slow query: select * from messages order by at desc limit 50 (41 ms)',
  'GET /static/app.css 304 0.4 ms',
];

function logLines(from: number, count: number): LogLine[] {
  return Array.from({ length: count }, (_, index) => {
    const seq = from + index;
    const node = `node-${(seq % 3) + 1}`;
    const failed = seq % 37 === 0;
    return {
      replica: `guestbook-r3-${['7f3k', '9x2d', 'q1w8'][seq % 3]}`,
      node,
      seq,
      at: Date.now() - (count - index) * 130,
      stream: failed ? 'stderr' : 'stdout',
      text: failed
        ? 'Error: connect ECONNREFUSED 127.0.0.1:5432'
        : (LOG_TEXTS[seq % LOG_TEXTS.length] ?? ''),
    };
  });
}

const STEPS: ['uploading' | 'building' | 'starting', number, string][] = [
  ['uploading', 18, 'Sending 180 KB to node-1, node-2 and node-3.'],
  ['building', 46, 'Running npm ci on node-2 (12 s).'],
  ['starting', 78, 'Waiting until GET /healthz answers on node-3.'],
];

function addHandlers(client: FakeClient): void {
  const find = (name: string) =>
    client.state.apps.find((app) => app.name === name) ?? makeApp({ name });
  const put = (app: AppView) => {
    client.state.apps = [...client.state.apps.filter((one) => one.name !== app.name), app];
    client.emit('app.changed', { app });
    return { app, deployment: app.deployment ?? makeDeployment() };
  };
  client.answer('node.claim', async ({ url, code }) => {
    await wait(900);
    if (code.startsWith('0000')) {
      throw new EngineError({
        code: 'forbidden',
        message: `The node at ${url} refused the code: it is wrong or was used already.`,
        hint: 'Copy the code from the node’s terminal or its claim-code file again.',
      });
    }
    const node = makeNode({ name: `node-${url.slice(-1)}`, url, replicas: 0 });
    client.emit('node.changed', { node });
    return { node };
  });
  client.answer('deploy.plan', async ({ name }) => {
    await wait(350);
    return { plan: makePlan({ app: name ?? 'app' }) };
  });
  client.answer('app.deploy', async ({ name = 'app' }, { onProgress }) => {
    for (const [state, percent, step] of STEPS) {
      const deployment = makeDeployment({
        app: name,
        state,
        percent,
        step,
        ready: 0,
        release: `${name}-r1`,
      });
      onProgress?.(deployment);
      put(
        makeApp({
          name,
          state: 'deploying',
          deployment,
          replicas: ['node-1', 'node-2', 'node-3'].map((nodeName, index) =>
            makeReplica({
              id: `${name}-r1-${index}`,
              nodeName,
              release: `${name}-r1`,
              state: index === 0 && percent > 50 ? 'ready' : state,
            }),
          ),
        }),
      );
      await wait(1600);
    }
    return put(makeApp({ name }));
  });
  client.answer('app.scale', async ({ app, replicas }) => {
    await wait(600);
    const all = Array.from({ length: replicas }, (_, index) =>
      makeReplica({
        id: `${app}-r3-${index}`,
        app,
        nodeName: `node-${(index % 3) + 1}`,
        placement: makePlacement(`node-${(index % 3) + 1}`),
      }),
    );
    return put(
      makeApp({ ...find(app), replicas: all, replicasWanted: replicas, replicasReady: replicas }),
    );
  });
  client.answer('app.restart', async ({ app }) => wait(900).then(() => put(find(app))));
  client.answer('app.stop', async ({ app }) =>
    wait(400).then(() => put({ ...find(app), state: 'stopped', replicas: [], replicasReady: 0 })),
  );
  client.answer('app.start', async ({ app }) => wait(400).then(() => put(makeApp({ name: app }))));
  client.answer('app.rollback', async ({ app }) => wait(400).then(() => put(find(app))));
  client.answer('app.metrics', () => ({ points: makePoints() }));
  client.answer('settings.set', (change) => {
    client.state.settings = { ...client.state.settings, ...change };
    client.emit('settings.changed', { settings: client.state.settings });
    return { settings: client.state.settings };
  });
  client.answer('app.logs', async (_, { onProgress, signal }) => {
    let seq = 400;
    onProgress?.({ lines: logLines(0, seq) });
    while (!signal?.aborted) {
      await wait(700);
      onProgress?.({ lines: logLines(seq, 3) });
      seq += 3;
    }
    return { lines: seq };
  });
}

function addVault(client: FakeClient): void {
  const secretOf = (ref: number) => client.offered[ref - 1]?.text ?? '';
  client.answer('vault.create', async ({ name }) => {
    await wait(1500);
    return client.setVault(makeVault({ name, keyEpoch: 1, keyCreatedAt: Date.now() }));
  });
  client.answer('vault.unlock', async ({ secret }) => {
    await wait(1000);
    if (secretOf(secret) === 'wrong') {
      throw new EngineError({ code: 'unauthorized', message: 'It does not open.' });
    }
    return client.setVault({ state: 'open' });
  });
  client.answer('vault.rotate', async () => {
    await wait(900);
    return client.setVault({
      keyEpoch: (client.vault.keyEpoch ?? 0) + 1,
      keyCreatedAt: Date.now(),
    });
  });
  client.answer('vault.remove_method', async ({ method }) => {
    await wait(600);
    return client.setVault({ methods: client.vault.methods.filter(({ id }) => id !== method) });
  });
  client.answer('vault.add_method', async ({ kind, label }) => {
    await wait(1000);
    const method = makeMethod({ id: `m${Date.now()}`, kind, label, createdAt: Date.now() });
    return client.setVault({ methods: [...client.vault.methods, method] });
  });
  client.answer('vault.change_passphrase', async ({ current }) => {
    await wait(1200);
    if (secretOf(current) === 'wrong') {
      throw new EngineError({ code: 'unauthorized', message: 'It does not open.' });
    }
    return { vault: client.vault };
  });
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

export function makeScene(name: string): FakeClient {
  const states: Record<string, Partial<Snapshot>> = {
    empty: {},
    claimed: { nodes: sceneNodes().map((node) => ({ ...node, replicas: 0 })) },
    busy: { nodes: sceneNodes(), apps: sceneApps(), activity: sceneActivity() },
    trouble: {
      nodes: sceneNodes().map((node) =>
        node.name === 'node-3'
          ? {
              ...node,
              state: 'dead' as const,
              lastSeen: Date.now() - 47_000,
              attention: {
                code: 'unreachable',
                message: 'node-3 has been silent for 47 s; its replicas run elsewhere.',
                hint: 'Start it again, or remove it if it is gone for good.',
              },
            }
          : { ...node, diskFreeBytes: 1.2 * GIB },
      ),
      apps: sceneApps(),
      activity: sceneActivity(),
    },
  };
  const client = new FakeClient(states[name] ?? states['busy']);
  if (name === 'trouble') {
    client.role = 'follower';
    client.status = 'follower';
  }
  client.vault = makeVault({ methods: [...makeVault().methods, makePasskeyMethod()] });
  if (name === 'new') client.vault = { state: 'absent', methods: [] };
  if (name === 'locked') client.vault = { ...client.vault, state: 'locked' };
  addHandlers(client);
  addVault(client);
  addKept(client, name);
  addAccounts(client, name);
  return client;
}
