// Believable things for tests and the dev harness. Every maker takes what the case is about and
// fills in the rest.
import type {
  ActivityView,
  AppView,
  AuditRecord,
  DeploymentView,
  HistoryEntry,
  NodeView,
  PlacementView,
  PlanView,
  ReleaseView,
  ReplicaView,
  ScoreTerm,
  SecretView,
  SeriesPoint,
  Snapshot,
  StorageView,
  UnlockMethod,
  VaultView,
} from '@automator67/worker';

export const GIB = 1024 ** 3;
export const MIB = 1024 ** 2;

export function makeNode(change: Partial<NodeView> = {}, now = Date.now()): NodeView {
  const name = change.name ?? 'node-1';
  return {
    id: `id-${name}`,
    name,
    url: 'http://127.0.0.1:4601',
    gatewayUrl: 'http://127.0.0.1:4701',
    role: 'worker',
    state: 'awake',
    since: now - 3_600_000 * 5,
    lastSeen: now - 1500,
    clockSkewMs: 12,
    replicas: 2,
    version: '0.1.0',
    os: 'Linux 6.1',
    arch: 'x86_64',
    cpus: 2,
    memoryBytes: 4 * GIB,
    diskFreeBytes: 31.4 * GIB,
    limits: 'cgroup-v1',
    runtimes: ['node', 'python', 'static'],
    load: {
      cpuPercent: 24,
      memoryPercent: 41,
      connections: 18,
      requestsPerSecond: 64,
      latencyMs: 3.2,
      successRate: 0.999,
    },
    ...change,
  };
}

export function makePlacement(nodeName: string, score = 82.4): PlacementView {
  const share = score / 100;
  const term = (signal: ScoreTerm['signal'], value: number, weight: number, lean: number) => ({
    signal,
    value,
    weight,
    points: Math.min(weight, weight * share * lean),
  });
  return {
    node: `id-${nodeName}`,
    nodeName,
    score,
    terms: [
      term('cpu', 24, 30, 0.95),
      term('memory', 41, 25, 0.86),
      term('latency', 3.2, 20, 1.18),
      term('connections', 18, 15, 1.05),
      term('history', 0.999, 10, 1.2),
    ],
    why: `${nodeName} has the most free CPU and memory and runs no copy of this app yet.`,
  };
}

export function makeReplica(change: Partial<ReplicaView> = {}, now = Date.now()): ReplicaView {
  const nodeName = change.nodeName ?? 'node-1';
  return {
    id: 'guestbook-r3-7f3k',
    app: 'guestbook',
    node: `id-${nodeName}`,
    nodeName,
    release: 'guestbook-r3',
    state: 'ready',
    restarts: 0,
    port: 20_001,
    startedAt: now - 5_400_000,
    cpuPercent: 7.4,
    memoryBytes: 58 * MIB,
    requestsPerSecond: 21.4,
    latencyMs: 3.1,
    runtime: 'node',
    limits: 'cgroup-v1',
    placement: makePlacement(nodeName),
    ...change,
  };
}

export function makeRelease(app: string, number: number, now = Date.now()): ReleaseView {
  return {
    id: `${app}-r${number}`,
    number,
    source: number % 2 === 0 ? `git https://example.com/you/${app}.git#main` : `archive ${app}`,
    createdAt: now - (4 - number) * 7_200_000,
    runtime: 'node',
    bytes: 184_320 + number * 512,
    ...(number % 2 === 0 ? { commit: '9f2c81ab7d3e' } : {}),
  };
}

export function makeDeployment(
  change: Partial<DeploymentView> = {},
  now = Date.now(),
): DeploymentView {
  return {
    id: 'd-7',
    app: 'guestbook',
    release: 'guestbook-r3',
    previousRelease: 'guestbook-r2',
    kind: 'deploy',
    state: 'done',
    ready: 3,
    wanted: 3,
    step: 'All replicas serve.',
    percent: 100,
    startedAt: now - 5_430_000,
    finishedAt: now - 5_410_000,
    ...change,
  };
}

export function makeApp(change: Partial<AppView> = {}, now = Date.now()): AppView {
  const name = change.name ?? 'guestbook';
  const replicas =
    change.replicas ??
    ['node-1', 'node-2', 'node-3'].map((nodeName, index) =>
      makeReplica({ id: `${name}-r3-${'7f3k9x2d'.slice(index * 2)}`, app: name, nodeName }, now),
    );
  const releases = [3, 2, 1].map((number) => makeRelease(name, number, now));
  return {
    name,
    state: 'running',
    url: `http://127.0.0.1:4700/@${name}/`,
    urls: [`http://127.0.0.1:4700/@${name}/`, `http://127.0.0.1:4701/@${name}/`],
    replicasWanted: replicas.length,
    replicasReady: replicas.filter((replica) => replica.state === 'ready').length,
    replicas,
    release: releases[0],
    releases,
    deployment: makeDeployment({ app: name }, now),
    policy: 'weighted',
    health: { path: '/healthz', intervalSeconds: 2, timeoutSeconds: 2, startSeconds: 60 },
    envNames: ['DATABASE_URL', 'LOG_LEVEL', 'SESSION_SECRET'],
    memoryMb: 256,
    cpuPercent: 0,
    hosts: [],
    requestsPerSecond: 64.2,
    p50Ms: 2.4,
    p95Ms: 8.9,
    errorsPerSecond: 0,
    createdAt: now - 86_400_000 * 3,
    ...change,
  };
}

export function makeActivity(change: Partial<ActivityView> = {}, now = Date.now()): ActivityView {
  return {
    seq: 1,
    at: now - 60_000,
    level: 'info',
    kind: 'app.deployed',
    subject: 'guestbook',
    message: 'Release 3 of guestbook serves with 3 of 3 replicas.',
    ...change,
  };
}

export function makePlan(change: Partial<PlanView> = {}): PlanView {
  return {
    app: 'guestbook',
    creates: true,
    release: 'guestbook-r1',
    replicas: 3,
    runtime: 'node',
    runtimeWhy: 'package.json has a "start" script.',
    build: 'npm ci --omit=dev',
    start: 'npm start',
    placements: [
      makePlacement('node-1', 84.1),
      makePlacement('node-2', 82.4),
      makePlacement('node-3', 71.9),
    ],
    uploads: ['node-1', 'node-2', 'node-3'],
    uploadBytes: 184_320,
    steps: [
      'Send 180 KB to node-1, node-2 and node-3.',
      'Build once on each node with npm ci --omit=dev.',
      'Start 3 replicas and wait until GET /healthz answers.',
      'Route requests to them.',
    ],
    warnings: [],
    ...change,
  };
}

export function makePoints(now = Date.now(), count = 120): SeriesPoint[] {
  return Array.from({ length: count }, (_, index) => {
    const wave = Math.sin(index / 9) * 0.5 + Math.sin(index / 3.3) * 0.18;
    const rate = 64 + wave * 30 + (index % 7);
    return {
      at: now - (count - index) * 5000,
      cpuPercent: 21 + wave * 9 + (index % 4),
      memoryBytes: Math.round((170 + wave * 5 + index * 0.1) * MIB),
      requestsPerSecond: rate,
      errorsPerSecond: index % 41 === 0 ? 0.6 : 0,
      p50Ms: 2.2 + wave * 0.5,
      p95Ms: 8.5 + wave * 2.6 + (index % 5) * 0.3,
    };
  });
}

export function makeSnapshot(change: Partial<Snapshot> = {}): Snapshot {
  return {
    controller: {
      id: 'mC1d1kTqM3f0pF0o2m9Qy4yqkQm3v8v1Xw7n0A5t2bE',
      epoch: 4,
      state: 'active',
      online: true,
      version: '0.1.0',
    },
    nodes: [],
    apps: [],
    activity: [],
    settings: {
      heartbeatSeconds: 30,
      weights: { cpu: 30, memory: 25, latency: 20, connections: 15, history: 10 },
    },
    ...change,
  };
}

const DAY_MS = 86_400_000;

export const FAKE_WORDS = [
  'lusab',
  'babad',
  'gutih',
  'tugad',
  'mudof',
  'sakat',
  'haguz',
  'biram',
  'jokin',
] as const;

export function makeMethod(change: Partial<UnlockMethod> = {}): UnlockMethod {
  return {
    id: 'm1',
    kind: 'passphrase',
    label: 'Passphrase',
    createdAt: Date.now() - 12 * DAY_MS,
    salt: 'c2FsdC1vZi1hLW1ldGhvZA',
    ...change,
  };
}

export function makePasskeyMethod(change: Partial<UnlockMethod> = {}): UnlockMethod {
  return makeMethod({
    id: 'm3',
    kind: 'passkey',
    label: 'This laptop',
    credential: 'Y3JlZGVudGlhbA',
    ...change,
  });
}

export function makeVault(change: Partial<VaultView> = {}): VaultView {
  return {
    state: 'open',
    name: 'My cloud',
    methods: [
      makeMethod(),
      makeMethod({ id: 'm2', kind: 'recovery', label: 'Recovery kit', salt: 'c2FsdC0y' }),
    ],
    keyEpoch: 2,
    keyCreatedAt: Date.now() - 12 * DAY_MS,
    keyDueAt: Date.now() + 18 * DAY_MS,
    ...change,
  };
}

export const FAKE_DEVICE = 'd-7f3k9x2d';

export function makeStorage(change: Partial<StorageView> = {}): StorageView {
  return {
    kind: 'vault',
    device: FAKE_DEVICE,
    position: 42,
    auditRecords: 17,
    damages: [],
    ...change,
  };
}

/** `fields`: name, before, after, as the engine tells them (JSON text). */
export function makeChange(
  change: Partial<Omit<HistoryEntry, 'fields'>> = {},
  fields: readonly (readonly [string, string | undefined, string | undefined])[] = [
    ['wanted', '3', '5'],
  ],
): HistoryEntry {
  return {
    change: 7,
    at: Date.now() - 3_600_000,
    device: FAKE_DEVICE,
    deleted: false,
    undoable: true,
    ...change,
    fields: fields.map(([field, before, after]) => ({
      field,
      secret: field === 'sealed',
      ...(before !== undefined && { before }),
      ...(after !== undefined && { after }),
    })),
  };
}

export function makeAudit(change: Partial<AuditRecord> = {}): AuditRecord {
  return {
    number: 1,
    at: Date.now() - 3_600_000,
    command: 'app.scale',
    actor: FAKE_DEVICE,
    target: 'app/guestbook',
    outcome: 'done',
    ...change,
  };
}

export function makeSecret(change: Partial<SecretView> = {}): SecretView {
  return {
    name: 'render-token',
    version: 1,
    createdAt: Date.now() - 40 * DAY_MS,
    changedAt: Date.now() - 40 * DAY_MS,
    due: false,
    ...change,
  };
}
