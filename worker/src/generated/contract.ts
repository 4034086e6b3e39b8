// Generated from engine/api/contract.json by scripts/generate. Do not edit.

/** Both sides of the boundary must speak the same number. */
export const PROTOCOL = 1;

/** What went wrong, for a person and for a program. */
export type ErrorView = {
  /** One of the codes under `errors`. */
  code: string;
  /** What happened and why. */
  message: string;
  /** What to do next. */
  hint?: string;
  /** Where in the request or manifest, e.g. `env.PORT` or `automator67.yaml:7`. */
  field?: string;
  /** Doing the same again may help and can do no harm. */
  retryable?: boolean;
  /** Last lines of a build or an app. */
  lines?: string[];
};

/** A node's load now. */
export type NodeLoad = {
  cpuPercent: number;
  memoryPercent: number;
  connections: number;
  requestsPerSecond: number;
  latencyMs: number;
  /** 0..1 */
  successRate: number;
};

/** One node. */
export type NodeView = {
  id: string;
  name: string;
  /** Control URL. */
  url: string;
  /** Where its gateway answers. */
  gatewayUrl: string;
  role: 'worker' | 'gateway' | 'server';
  state: 'awake' | 'asleep' | 'paused' | 'throttled' | 'suspect' | 'dead';
  /** Unix ms of the last change of state. */
  since: number;
  /** Unix ms of the last word from it. */
  lastSeen: number;
  /** Node's clock minus ours. */
  clockSkewMs: number;
  /** Replicas placed on it. */
  replicas: number;
  version?: string;
  os?: string;
  arch?: string;
  cpus?: number;
  memoryBytes?: number;
  diskFreeBytes?: number;
  /** How replicas are limited: cgroup-v1, cgroup-v2 or rlimit. */
  limits?: string;
  runtimes?: string[];
  load?: NodeLoad;
  /** Something a person must look at. */
  attention?: ErrorView;
};

/** One signal's part in a score. */
export type ScoreTerm = {
  signal: 'cpu' | 'memory' | 'latency' | 'connections' | 'history';
  /** As measured. */
  value: number;
  /** Percent. */
  weight: number;
  /** 0..weight */
  points: number;
};

/** Why this node. */
export type PlacementView = {
  node: string;
  nodeName: string;
  /** 0..100 */
  score: number;
  terms: ScoreTerm[];
  /** One sentence. */
  why: string;
};

/** One running copy. */
export type ReplicaView = {
  id: string;
  app: string;
  node: string;
  nodeName: string;
  release: string;
  state:
    | 'placed'
    | 'waiting'
    | 'uploading'
    | 'fetching'
    | 'unpacking'
    | 'building'
    | 'starting'
    | 'ready'
    | 'unhealthy'
    | 'backoff'
    | 'failed'
    | 'stopping'
    | 'lost';
  reason?: ErrorView;
  restarts: number;
  port?: number;
  /** Unix ms. */
  startedAt?: number;
  cpuPercent?: number;
  memoryBytes?: number;
  requestsPerSecond?: number;
  latencyMs?: number;
  runtime?: string;
  limits?: string;
  placement?: PlacementView;
};

/** One immutable version of an app. */
export type ReleaseView = {
  id: string;
  number: number;
  /** `archive <name>` or `git <url>#<ref>`. */
  source: string;
  createdAt: number;
  runtime: string;
  bytes: number;
  commit?: string;
};

/** The act of rolling a release out. */
export type DeploymentView = {
  id: string;
  app: string;
  release: string;
  previousRelease?: string;
  kind: 'deploy' | 'scale' | 'restart' | 'rollback' | 'start';
  state: 'uploading' | 'building' | 'starting' | 'done' | 'rolled-back' | 'failed' | 'cancelled';
  ready: number;
  wanted: number;
  /** One sentence: what happens now. */
  step: string;
  /** 0..100 */
  percent: number;
  startedAt: number;
  finishedAt?: number;
  error?: ErrorView;
};

/** How a replica shows that it is well. Without a path, an open port is enough. */
export type Health = {
  path?: string;
  intervalSeconds?: number;
  timeoutSeconds?: number;
  /** Time to become healthy at first. */
  startSeconds?: number;
};

/** automator67.yaml: what an app needs. Everything is optional. */
export type Manifest = {
  name?: string;
  runtime?: 'auto' | 'node' | 'python' | 'procfile' | 'static' | 'binary';
  /** Shell command run once per node. */
  build?: string;
  /** Shell command that serves on $PORT. */
  start?: string;
  /** Folder of a static site, relative. */
  static?: string;
  replicas?: number;
  /** Environment; names are [A-Za-z_][A-Za-z0-9_]*. */
  env?: Record<string, string>;
  health?: Health;
  /** 0 = no limit. */
  memoryMb?: number;
  /** 100 = one core, 0 = no limit. */
  cpuPercent?: number;
  /** Time to stop by itself. */
  stopSeconds?: number;
  buildSeconds?: number;
  /** Host names the gateways answer for this app. */
  hosts?: string[];
  policy?: 'weighted' | 'round-robin' | 'least-connections' | 'latency';
};

/** One app. */
export type AppView = {
  name: string;
  state: 'deploying' | 'running' | 'degraded' | 'stopped' | 'failed';
  /** The one URL. */
  url: string;
  /** Every gateway that answers for it. */
  urls: string[];
  replicasWanted: number;
  replicasReady: number;
  replicas: ReplicaView[];
  /** The one that serves. */
  release?: ReleaseView;
  releases: ReleaseView[];
  /** The newest one. */
  deployment?: DeploymentView;
  policy: string;
  health: Health;
  /** Names only: values never leave the engine. */
  envNames: string[];
  memoryMb: number;
  cpuPercent: number;
  hosts: string[];
  requestsPerSecond: number;
  p50Ms: number;
  p95Ms: number;
  errorsPerSecond: number;
  createdAt: number;
  attention?: ErrorView;
};

/** One line of what happened. */
export type ActivityView = {
  seq: number;
  /** Unix ms. */
  at: number;
  level: 'info' | 'warning' | 'error';
  /** E.g. `node.state`, `app.deployed`. */
  kind: string;
  /** App or node name. */
  subject: string;
  message: string;
};

export type SourceFile = {
  path: string;
  bytes: number;
};

/** Where a release comes from. */
export type Source = {
  kind: 'archive' | 'git' | 'release';
  /** Hex; also the blob's name in the host. */
  sha256?: string;
  bytes?: number;
  format?: 'tar.gz' | 'zip';
  /** What the person called it. */
  name?: string;
  /** For detection. */
  files?: SourceFile[];
  /** Small files that detection reads (package.json, Procfile, automator67.yaml, ...). */
  texts?: Record<string, string>;
  /** Git URL. */
  url?: string;
  /** Branch, tag or commit. */
  ref?: string;
  /** An earlier release of the app. */
  release?: string;
};

/** What to deploy. Fields given here win over the manifest's. */
export type DeployRequest = {
  /** Default: the manifest's name, else the folder's. */
  name?: string;
  /** A folder, an archive (.tar.gz, .tgz, .zip), or a Git URL (#ref for a branch, tag or commit). */
  source: Source;
  /** How many copies run. */
  replicas?: number;
  /** Environment of the app; repeatable. */
  env?: Record<string, string>;
  /** Path that answers 2xx or 3xx when a replica is well; empty: it is enough that the replica listens. */
  healthPath?: string;
  /** How requests are spread over the replicas. */
  policy?: 'weighted' | 'round-robin' | 'least-connections' | 'latency';
  /** Memory of one replica in MiB; 0 = no limit. */
  memoryMb?: number;
  /** How to run it; auto finds out. */
  runtime?: 'auto' | 'node' | 'python' | 'procfile' | 'static' | 'binary';
  /** Shell command run once per node. */
  build?: string;
  /** Shell command that serves on $PORT. */
  start?: string;
  /** Host name the gateways answer for this app; repeatable. */
  hosts?: string[];
  /** Refuse when an app of that name exists (`conflict`). */
  create?: boolean;
};

/** What app.deploy would do, and why. */
export type PlanView = {
  app: string;
  /** A new app. */
  creates: boolean;
  release: string;
  previousRelease?: string;
  replicas: number;
  runtime: string;
  runtimeWhy: string;
  build: string;
  start: string;
  placements: PlacementView[];
  /** Names of nodes that need the archive. */
  uploads: string[];
  uploadBytes: number;
  /** What happens, in order. */
  steps: string[];
  warnings: string[];
};

export type SeriesPoint = {
  /** Unix ms. */
  at: number;
  cpuPercent: number;
  memoryBytes: number;
  requestsPerSecond: number;
  errorsPerSecond: number;
  p50Ms: number;
  p95Ms: number;
};

export type LogLine = {
  replica: string;
  node: string;
  seq: number;
  /** Unix ms. */
  at: number;
  stream: 'stdout' | 'stderr' | 'build' | 'system';
  text: string;
};

/** Percent each; they add up to 100. */
export type BalanceWeights = {
  cpu: number;
  memory: number;
  latency: number;
  connections: number;
  history: number;
};

/** What a person may set. */
export type Settings = {
  /** Between heartbeats when nothing else is heard. */
  heartbeatSeconds: number;
  weights: BalanceWeights;
};

/** This engine. */
export type Controller = {
  /** Its public key, base64url. */
  id: string;
  epoch: number;
  state: 'active' | 'superseded';
  online: boolean;
  version: string;
};

/** Everything a page shows at first. */
export type Snapshot = {
  controller: Controller;
  nodes: NodeView[];
  apps: AppView[];
  /** Newest last, at most 200. */
  activity: ActivityView[];
  settings: Settings;
};

/** Cost of turning a passphrase into a key (Argon2id, RFC 9106, one lane). At least 64 MiB and 3 passes, or 32 MiB and 6. */
export type Argon2 = {
  /** Memory of one derivation, KiB. */
  memoryKib: number;
  /** Passes over it. */
  passes: number;
};

/** One way to open the vault. */
export type UnlockMethod = {
  /** Its id. */
  id: string;
  /** What it asks for. */
  kind: 'passphrase' | 'recovery' | 'passkey' | 'device';
  /** What the person calls it. */
  label: string;
  /** Unix ms. */
  createdAt: number;
  /** Public salt, base64url: a passkey is asked with it. */
  salt: string;
  /** Id of the passkey, base64url; only of passkeys. */
  credential?: string;
};

/** The vault of this device. What is in it is told only while it is open. */
export type VaultView = {
  /** `absent`: nothing was created on this device yet. */
  state: 'absent' | 'locked' | 'open';
  /** Of the workspace. */
  name?: string;
  /** Ways to open it. */
  methods: UnlockMethod[];
  /** Counts the vault keys there have been. */
  keyEpoch?: number;
  /** Unix ms of the newest one. */
  keyCreatedAt?: number;
  /** When it is to be replaced, Unix ms. */
  keyDueAt?: number;
};

/** One field that a restore would change. */
export type BackupField = {
  /** Its name. */
  field: string;
  /** Its value now, as text; left out: it is not there. Cut when it is long. */
  before?: string;
  /** Its value afterwards, likewise. */
  after?: string;
  /** The values are masked. */
  secret?: boolean;
};

/** One thing that a restore would add, change or remove. */
export type BackupEntry = {
  /** What it is, as it is stored: `app/guestbook`. */
  entity: string;
  /** The same for people. */
  label: string;
  /** At most 50. */
  fields: BackupField[];
  /** So many fields are not listed. */
  moreFields?: number;
};

/** How many things a restore adds, changes and removes. */
export type BackupCounts = {
  added: number;
  changed: number;
  removed: number;
  /** Left out of a merge, since another controller's nodes do not obey this one. */
  leftOut: number;
};

/** What a restore would do. Activity lines and the order of lists are not listed. */
export type BackupDiff = {
  /** Would be there. */
  added: BackupEntry[];
  /** Would be different. */
  changed: BackupEntry[];
  /** Would be gone. */
  removed: BackupEntry[];
  /** Of all; the lists together hold at most 500. */
  counts: BackupCounts;
};

/** One field before and after a change. */
export type FieldDiff = {
  /** Its name, e.g. `wanted`. */
  field: string;
  /** As JSON text; absent: it was not there, or it is a secret. */
  before?: string;
  /** Likewise. */
  after?: string;
  /** Its values are not shown. */
  secret: boolean;
};

/** What one change did to one thing. */
export type HistoryEntry = {
  /** Names it, for `history.undo`. */
  change: number;
  /** Unix ms. */
  at: number;
  /** Where it was made. */
  device: string;
  fields: FieldDiff[];
  /** The whole thing was removed. */
  deleted: boolean;
  /** `history.undo` can take it back, unless it was changed again since. */
  undoable: boolean;
};

/** One command that was carried out, or refused. */
export type AuditRecord = {
  /** Counts up without a gap. */
  number: number;
  /** Unix ms. */
  at: number;
  /** E.g. `app.deploy`. */
  command: string;
  /** The device that gave it. */
  actor: string;
  /** What it was about, e.g. `app/guestbook`; may be empty. */
  target: string;
  /** `done`, or the code of its error. */
  outcome: string;
};

/** One secret of the vault, without its value. */
export type SecretView = {
  /** Its name. */
  name: string;
  /** What it is for. */
  note?: string;
  /** Counts its values. */
  version: number;
  /** Unix ms. */
  createdAt: number;
  /** When it got its value, Unix ms. */
  changedAt: number;
  /** When it was last shown or used, Unix ms. */
  lastUsedAt?: number;
  /** When its issuer ends it, Unix ms. */
  expiresAt?: number;
  /** It should be replaced when it is so many days old. */
  rotateDays?: number;
  /** The earlier of the two, Unix ms. */
  dueAt?: number;
  /** It should be replaced now. */
  due: boolean;
};

/** Something stored that could not be read. It was left as it is; the rest was loaded. */
export type StorageDamage = {
  /** Its place in the store. */
  where: string;
  /** What is wrong with it. */
  what: string;
};

/** How the state is kept. */
export type StorageView = {
  /** `plain`: not sealed; the device guards it. */
  kind: 'vault' | 'plain';
  /** What this device is called in changes. */
  device?: string;
  /** Number of the newest change. */
  position?: number;
  /** Newest number of the audit log. */
  auditRecords?: number;
  damages: StorageDamage[];
  trouble?: ErrorView;
};

/** A workspace of this device: a vault of its own. */
export type WorkspaceView = {
  id: string;
  name: string;
  /** This engine works with it. */
  current: boolean;
};

/** A field to fill in to connect an account. */
export type ProviderField = {
  /** Its name in `fields`. */
  name: string;
  /** What the provider calls it. */
  label: string;
  /** It goes into the vault and is never shown again. */
  secret: boolean;
  /** It must be given. */
  required: boolean;
  /** What it looks like, or where to find it. */
  hint?: string;
};

/** One value of a policy card, with where it was read. */
export type PolicyValue = {
  /** What it is about, e.g. `free.memory`. */
  key: string;
  /** The same for people. */
  label: string;
  /** What values of this key are, also where none is known. */
  type?: 'number' | 'boolean' | 'text' | 'list';
  /** A number, a text, true or false, or a list; left out when it was looked for and not found. */
  value?: unknown;
  /** Of a number. */
  unit?: string;
  /** Where it is said. */
  source: string;
  /** When it was read there, YYYY-MM-DD. */
  date: string;
  /** How far to trust it. */
  trust: 'documented' | 'staff' | 'reported' | 'unknown';
  /** What else to know. */
  note?: string;
  /** Read more than 180 days ago. */
  stale: boolean;
  /** The person's own value; it is the one in force. */
  overridden?: unknown;
  /** Why. */
  overrideNote?: string;
};

/** A provider: what it offers, what its card says, how to connect. */
export type ProviderView = {
  /** Its id. */
  id: string;
  /** Its name. */
  name: string;
  /** What one gets for free, in a sentence. */
  summary: string;
  /** What its adapter can do. */
  capabilities: string[];
  /** The operations of `account.run`. */
  operations: string[];
  /** What to fill in. */
  fields: ProviderField[];
  /** Where a token is made. */
  tokenPage: string;
  /** What to tick there: the least that will do. */
  leastScopes: string;
  /** Ways to reach it, in the order they are tried. */
  transports: string[];
  /** The policy card. */
  values: PolicyValue[];
  /** How to sign in without pasting a token. */
  oauth: 'none' | 'implicit' | 'pkce' | 'google';
  /** What to register first. */
  oauthNote?: string;
};

/** One way to reach a provider. */
export type TransportView = {
  /** Which. */
  transport: 'direct' | 'rewrite' | 'relay';
  /** The node's id, of a relay. */
  relay?: string;
  /** What a trial showed. */
  verdict: 'works' | 'blocked' | 'unknown';
  /** When, Unix ms. */
  triedAt?: number;
  /** What the hop on the way can see. */
  sees: string;
  /** What stood in the way. */
  why?: string;
};

/** One request of an account. Holds no query, body or credential. */
export type TraceView = {
  /** Unix ms. */
  at: number;
  /** What it was for. */
  operation: string;
  /** HTTP method. */
  method: string;
  /** The path. */
  path: string;
  /** HTTP status; 0: no answer. */
  status: number;
  /** Milliseconds. */
  tookMs: number;
  /** What went wrong, as an error code. */
  error?: string;
};

/** One set of credentials at one provider. */
export type AccountView = {
  /** Its id, e.g. `render` or `render-2`. */
  id: string;
  /** The provider's id. */
  provider: string;
  /** Its name. */
  providerName: string;
  /** The person's name for it. */
  name: string;
  /** `refused`: the provider did not take the credential any more; `due`: it should be replaced. */
  state: 'ok' | 'due' | 'refused';
  /** Who the credential is at the provider. */
  identity?: {
    /** As the provider says. */
    id: string;
    /** Its name. */
    name?: string;
    /** Its address. */
    email?: string;
  };
  /** What the token may do, where the provider tells. */
  scopes?: string[];
  /** Where the token may do more than is needed, as far as the provider tells. */
  warnings?: string[];
  /** Workspaces, teams or organisations it can see. */
  workspaces?: {
    /** Its id. */
    id: string;
    /** Its name. */
    name: string;
  }[];
  /** What can be done with it. */
  capabilities: string[];
  /** The operations of `account.run`. */
  operations: string[];
  /** What is not secret: workspace, project, region. */
  settings: Record<string, string>;
  /** How its requests go. */
  transport: 'direct' | 'rewrite' | 'relay';
  /** The id of the node that forwards them. */
  relay?: string;
  /** What the hop on the way can see. */
  sees: string;
  /** Unix ms. */
  connectedAt: number;
  /** When the provider last took the credential, Unix ms. */
  verifiedAt?: number;
  /** When the credential was given, Unix ms. */
  credentialAt?: number;
  /** When it ends, Unix ms. */
  expiresAt?: number;
  problem?: ErrorView;
};

/** A node at a provider that this engine made, or is making. */
export type MadeNode = {
  /** `<account>.<name>`. */
  id: string;
  /** The account's id. */
  account: string;
  /** The provider's name. */
  providerName: string;
  /** Of the service and of the node. */
  name: string;
  /** `making` the service; `starting` at the provider; `answering`: waiting for the node's first word, then it is claimed; `ready`; `failed`: see `problem`. */
  step: 'making' | 'starting' | 'answering' | 'ready' | 'failed';
  /** Unix ms of its beginning. */
  since: number;
  /** The service's id at the provider. */
  service?: string;
  /** Where the provider serves it. */
  url?: string;
  /** The node's id, once it was claimed. */
  node?: string;
  problem?: ErrorView;
};

/** Every command and query: what is asked, what is answered, what is told on the way. */
export type Commands = {
  /** Everything, once; events keep it true. */
  'engine.state': {
    req: Record<string, never>;
    res: Snapshot;
    progress: never;
  };
  /** The vault: whether there is one, whether it is open, and the ways to open it. */
  'vault.status': {
    req: Record<string, never>;
    res: {
      vault: VaultView;
    };
    progress: never;
  };
  /** Create the vault of this device: with a passphrase and recovery words, or with a device secret alone. Everything that is kept from then on is sealed under its key. */
  'vault.create': {
    req: {
      /** Of the workspace. */
      name: string;
      /** The passphrase, by the number the host gave it. */
      passphrase?: number;
      /** Cost of the passphrase. */
      argon2?: Argon2;
      /** The recovery words, by number. */
      recovery?: number;
      /** 32 random bytes that the device keeps for itself, by number; without passphrase and recovery words. */
      device?: number;
    };
    res: {
      vault: VaultView;
    };
    progress: never;
  };
  /** Open the vault. */
  'vault.unlock': {
    req: {
      /** Which unlock method; left out: the first of the kind that the secret is of. */
      method?: string;
      /** What the secret is. */
      kind: 'passphrase' | 'recovery' | 'passkey' | 'device';
      /** The secret, by the number the host gave it. */
      secret: number;
    };
    res: {
      vault: VaultView;
    };
    progress: never;
  };
  /** Replace the passphrase. The vault key stays; only its wrap is new. */
  'vault.change_passphrase': {
    req: {
      /** The passphrase of now, by number. */
      current: number;
      /** The new one, by number. */
      passphrase: number;
      /** Cost of the new one. */
      argon2: Argon2;
    };
    res: {
      vault: VaultView;
    };
    progress: never;
  };
  /** Add a way to open the vault. Asks for one that exists, since only that can open the vault key. */
  'vault.add_method': {
    req: {
      /** What the new one is. */
      kind: 'passphrase' | 'recovery' | 'passkey' | 'device';
      /** What to call it. */
      label: string;
      /** Its secret, by number. */
      secret: number;
      /** Cost of a passphrase; only of passphrases. */
      argon2?: Argon2;
      /** The salt the passkey was asked with, base64url; only of passkeys. */
      salt?: string;
      /** Id of the passkey, base64url; only of passkeys. */
      credential?: string;
      /** What `with` is. */
      withKind: 'passphrase' | 'recovery' | 'passkey' | 'device';
      /** The secret of a way that exists, by number. */
      with: number;
    };
    res: {
      vault: VaultView;
    };
    progress: never;
  };
  /** Take a way to open the vault away, and replace the vault key, so that an old copy of it opens nothing new. */
  'vault.remove_method': {
    req: {
      /** Its id. */
      method: string;
    };
    res: {
      vault: VaultView;
    };
    progress: never;
  };
  /** Replace the vault key and seal everything anew under it. It happens by itself every 30 days while the vault is open. */
  'vault.rotate': {
    req: Record<string, never>;
    res: {
      vault: VaultView;
    };
    progress: never;
  };
  /** Everything the vault guards as one sealed file. It opens with what opens the vault now. Uploaded archives are not in it. */
  'vault.back_up': {
    req: Record<string, never>;
    res: {
      /** Its bytes, base64url. */
      file: string;
      /** What to call it. */
      name: string;
      /** How many things are in it. */
      entities: number;
      /** Its size. */
      bytes: number;
      /** Unix ms. */
      createdAt: number;
    };
    progress: never;
  };
  /** What is in a backup, and what restoring it would change here. Changes nothing. Also answered while there is no vault. */
  'vault.preview_backup': {
    req: {
      /** The file's bytes, base64url. */
      file: string;
      /** Which of the backup's unlock methods; left out: the first of the kind that the secret is of. */
      method?: string;
      /** What the secret is. */
      kind: 'passphrase' | 'recovery' | 'passkey' | 'device';
      /** What opened the vault when the backup was made, by the number the host gave it. It stays valid for one vault.restore when the backup opens, for as long as the host keeps secrets (a few minutes); else it is let go of. */
      secret: number;
    };
    res: {
      /** When it was made, Unix ms. */
      createdAt: number;
      /** Of its workspace. */
      name: string;
      /** The id of the device that made it. */
      device: string;
      /** How many things are in it. */
      entities: number;
      /** Apps among them. */
      apps: number;
      /** Nodes among them. */
      nodes: number;
      /** Its nodes obey the controller that is here; true while there is none. Else a merge leaves out what only the other controller can use. */
      sameController: boolean;
      /** What a merge would do. */
      merge: BackupDiff;
      /** What replacing everything would do. */
      replace: BackupDiff;
    };
    progress: never;
  };
  /** Restore a backup. Without a vault, the backup's becomes this device's, open. An open vault keeps its key and its ways in, and takes over what the backup holds, as a change of now. */
  'vault.restore': {
    req: {
      /** The file's bytes, base64url. */
      file: string;
      /** Which of the backup's unlock methods; left out: the first of the kind that the secret is of. */
      method?: string;
      /** What the secret is. */
      kind: 'passphrase' | 'recovery' | 'passkey' | 'device';
      /** What opened the vault when the backup was made, by number. It is let go of. */
      secret: number;
      /** `merge`: of every value the one changed last stays. `replace`: everything becomes as it was. Means nothing without a vault. */
      mode: 'merge' | 'replace';
    };
    res: {
      vault: VaultView;
      counts: BackupCounts;
    };
    progress: never;
  };
  /** The workspaces of this device. Which one is opened is said when the engine starts. */
  'vault.workspaces': {
    req: Record<string, never>;
    res: {
      workspaces: WorkspaceView[];
    };
    progress: never;
  };
  /** Erase this workspace from this device: its vault, state, history and audit log. Nodes keep running what they run. The engine must be started anew afterwards. */
  'vault.erase': {
    req: {
      /** The workspace's name, to be sure. */
      name: string;
    };
    res: {
      vault: VaultView;
    };
    progress: never;
  };
  /** Claim a node with its one-time code. Pins this controller's key on the node. */
  'node.claim': {
    req: {
      /** Control URL, e.g. http://127.0.0.1:4601 */
      url: string;
      /** XXXX-XXXX-XXXX */
      code: string;
    };
    res: {
      node: NodeView;
    };
    progress: never;
  };
  /** The nodes. */
  'node.list': {
    req: Record<string, never>;
    res: {
      nodes: NodeView[];
    };
    progress: never;
  };
  /** Give a node up: its replicas are placed elsewhere and it can be claimed again. `force` forgets a node that cannot be reached. */
  'node.remove': {
    req: {
      /** Id or name. */
      node: string;
      /** Forget a node that cannot be reached. */
      force?: boolean;
    };
    res: Record<string, never>;
    progress: never;
  };
  /** Make a node at a provider: a service that runs the node wrapper, claimed by itself once it answers. */
  'node.make': {
    req: {
      /** The account's id. */
      account: string;
      /** Of the service and of the node. */
      name: string;
      /** Of the node wrapper, built by node-wrapper/Dockerfile. */
      image: string;
      /** The provider's word for it. */
      region?: string;
      /** The provider's word for it; the free one without it, where there is one. */
      plan?: string;
    };
    res: {
      node: NodeView;
    };
    progress: MadeNode;
  };
  /** The nodes made at providers, finished or not. */
  'node.made': {
    req: Record<string, never>;
    res: {
      /** In order of their ids. */
      made: MadeNode[];
    };
    progress: never;
  };
  /** Remove a node that was made at a provider: from the fleet, and its service there. Also what is left of one that never came. */
  'node.unmake': {
    req: {
      /** Its id: `<account>.<name>`. */
      made: string;
      /** Also when no other node can take its replicas: they stop. */
      force?: boolean;
    };
    res: Record<string, never>;
    progress: never;
  };
  /** What app.deploy would do, and why; changes nothing. */
  'deploy.plan': {
    req: DeployRequest;
    res: {
      plan: PlanView;
    };
    progress: never;
  };
  /** Roll out a new release. Answers when it serves, or when it was rolled back (then as a failure, with the build's last lines). */
  'app.deploy': {
    req: DeployRequest;
    res: {
      app: AppView;
      deployment: DeploymentView;
    };
    progress: DeploymentView;
  };
  /** Serve an earlier release again (default: the one before). */
  'app.rollback': {
    req: {
      /** Its name. */
      app: string;
      /** Id of the release to serve. */
      release?: string;
    };
    res: {
      app: AppView;
      deployment: DeploymentView;
    };
    progress: DeploymentView;
  };
  /** Run this many replicas. */
  'app.scale': {
    req: {
      /** Its name. */
      app: string;
      /** How many copies run. */
      replicas: number;
    };
    res: {
      app: AppView;
      deployment: DeploymentView;
    };
    progress: DeploymentView;
  };
  /** Start every replica anew, one after another. */
  'app.restart': {
    req: {
      /** Its name. */
      app: string;
    };
    res: {
      app: AppView;
      deployment: DeploymentView;
    };
    progress: DeploymentView;
  };
  /** Stop every replica; the app and its releases stay. */
  'app.stop': {
    req: {
      /** Its name. */
      app: string;
    };
    res: {
      app: AppView;
    };
    progress: never;
  };
  /** End the rollout that is going on, whoever ordered it. */
  'app.cancel': {
    req: {
      /** Its name. */
      app: string;
    };
    res: {
      app: AppView;
      deployment: DeploymentView;
    };
    progress: never;
  };
  /** Run a stopped app again. */
  'app.start': {
    req: {
      /** Its name. */
      app: string;
    };
    res: {
      app: AppView;
      deployment: DeploymentView;
    };
    progress: DeploymentView;
  };
  /** Stop the app and forget it and its releases. */
  'app.remove': {
    req: {
      /** Its name. */
      app: string;
    };
    res: Record<string, never>;
    progress: never;
  };
  /** The apps. */
  'app.list': {
    req: Record<string, never>;
    res: {
      apps: AppView[];
    };
    progress: never;
  };
  /** One app. */
  'app.get': {
    req: {
      /** Its name. */
      app: string;
    };
    res: {
      app: AppView;
    };
    progress: never;
  };
  /** Log lines of all replicas in order of time. With `follow` it goes on until cancelled. */
  'app.logs': {
    req: {
      /** Its name. */
      app: string;
      /** Only this replica. */
      replica?: string;
      /** Lines per replica to begin with. */
      tail?: number;
      /** Go on until cancelled. */
      follow?: boolean;
    };
    res: {
      /** How many were sent. */
      lines: number;
    };
    progress: {
      lines: LogLine[];
    };
  };
  /** The last minutes of an app, one point every few seconds. */
  'app.metrics': {
    req: {
      /** Its name. */
      app: string;
    };
    res: {
      points: SeriesPoint[];
    };
    progress: never;
  };
  /** What happened, newest last. */
  'activity.list': {
    req: {
      /** Only lines that contain this (any case). */
      text?: string;
      /** At most so many lines. */
      limit?: number;
      /** Only lines with a smaller seq. */
      before?: number;
    };
    res: {
      activity: ActivityView[];
    };
    progress: never;
  };
  /** The settings. */
  'settings.get': {
    req: Record<string, never>;
    res: {
      settings: Settings;
    };
    progress: never;
  };
  /** Change settings; fields left out stay. */
  'settings.set': {
    req: {
      /** Between heartbeats when nothing else is heard. */
      heartbeatSeconds?: number;
      /** Percent of each signal; they add up to 100. */
      weights?: BalanceWeights;
    };
    res: {
      settings: Settings;
    };
    progress: never;
  };
  /** Changes of one thing, newest first. Kept while among its last 1,000 and younger than 90 days. */
  'history.list': {
    req: {
      /** Which thing: `settings`, `app/<name>` or `secret/<name>`. */
      entity: string;
      /** At most so many. */
      limit?: number;
      /** Only changes before this one. */
      before?: number;
    };
    res: {
      changes: HistoryEntry[];
      /** There are older ones. */
      more: boolean;
    };
    progress: never;
  };
  /** Take one change of one thing back. For an app this is a rollout to what there was before. */
  'history.undo': {
    req: {
      /** Which thing: `settings`, `app/<name>` or `secret/<name>`. */
      entity: string;
      /** From `history.list`. */
      change: number;
    };
    res: {
      app?: AppView;
      settings?: Settings;
      secret?: SecretView;
    };
    progress: DeploymentView;
  };
  /** Commands that were given, newest first. */
  'audit.list': {
    req: {
      /** At most so many. */
      limit?: number;
      /** Only records with a smaller number. */
      before?: number;
    };
    res: {
      records: AuditRecord[];
      /** There are older ones. */
      more: boolean;
    };
    progress: never;
  };
  /** Check the whole chain of the audit log: that no record was changed, moved or left out. */
  'audit.verify': {
    req: Record<string, never>;
    res: {
      /** Nothing is wrong. */
      intact: boolean;
      /** How many were checked. */
      records: number;
      /** Number of the oldest kept. */
      first?: number;
      /** Number of the newest. */
      last?: number;
      /** Number of the first record that is wrong. */
      brokenAt?: number;
      /** What is wrong with it. */
      what?: string;
    };
    progress: never;
  };
  /** The audit log as text, one JSON object a line, oldest first. */
  'audit.export': {
    req: {
      /** Only records with a greater number. */
      after?: number;
    };
    res: {
      /** JSON lines. */
      text: string;
      /** Number of the last one in it; ask again after it while there are more. */
      last: number;
      /** There are more. */
      more: boolean;
    };
    progress: never;
  };
  /** The secrets of the vault, without their values. */
  'secret.list': {
    req: Record<string, never>;
    res: {
      secrets: SecretView[];
    };
    progress: never;
  };
  /** Keep a secret, or give one another value. What is not given stays as it is. */
  'secret.set': {
    req: {
      /** Its name: letters, digits, `.`, `_`, `-`. */
      name: string;
      /** The secret itself. Needed for a new one. */
      value?: string;
      /** What it is for. */
      note?: string;
      /** When its issuer ends it, Unix ms; 0: never. */
      expiresAt?: number;
      /** Remind when it is so many days old; 0: never. */
      rotateDays?: number;
    };
    res: {
      secret: SecretView;
    };
    progress: never;
  };
  /** The value of a secret. Notes that it was used. */
  'secret.reveal': {
    req: {
      /** Its name: letters, digits, `.`, `_`, `-`. */
      name: string;
    };
    res: {
      /** The secret itself. */
      value: string;
      secret: SecretView;
    };
    progress: never;
  };
  /** Forget a secret. */
  'secret.remove': {
    req: {
      /** Its name: letters, digits, `.`, `_`, `-`. */
      name: string;
    };
    res: Record<string, never>;
    progress: never;
  };
  /** How the state is kept, and what of it could not be read. */
  'storage.status': {
    req: Record<string, never>;
    res: {
      storage: StorageView;
    };
    progress: never;
  };
  /** The providers, with their policy cards. */
  'provider.list': {
    req: Record<string, never>;
    res: {
      /** In order of their names. */
      providers: ProviderView[];
    };
    progress: never;
  };
  /** Put a value of your own in a policy card, or (without a value) take it back. */
  'provider.override': {
    req: {
      /** The provider's id. */
      provider: string;
      /** Which value, e.g. `free.memory`. */
      key: string;
      /** Of the same type as the card's. */
      value?: unknown;
      /** Why. */
      note?: string;
    };
    res: {
      provider: ProviderView;
    };
    progress: never;
  };
  /** Try which ways reach a provider from here. Sends no credential. */
  'provider.probe': {
    req: {
      /** The provider's id. */
      provider: string;
    };
    res: {
      /** In the order they are tried. */
      transports: TransportView[];
    };
    progress: never;
  };
  /** The connected accounts. */
  'account.list': {
    req: Record<string, never>;
    res: {
      /** In order of their ids. */
      accounts: AccountView[];
    };
    progress: never;
  };
  /** One account and its last requests. */
  'account.get': {
    req: {
      /** The account's id. */
      account: string;
    };
    res: {
      account: AccountView;
      /** Newest first. */
      trace: TraceView[];
      /** What disconnecting it would mean. */
      breaks: string[];
    };
    progress: never;
  };
  /** Connect an account: the credential is tried at once, then kept in the vault. */
  'account.connect': {
    req: {
      /** The provider's id. */
      provider: string;
      /** The provider's fields, by name. */
      fields: Record<string, string>;
      /** Your name for it. */
      name?: string;
      /** Not secret: workspace, project, region, as the provider's page says. */
      settings?: Record<string, string>;
      /** How its requests go; left out: the first that works. */
      transport?: 'direct' | 'rewrite' | 'relay';
      /** The node that forwards them, by id or name; left out with `relay`: the first that is awake. */
      relay?: string;
      /** Another address instead of the provider's: a compatible service of your own. */
      endpoint?: string;
      /** There is an account of this provider already, and its terms allow another. */
      second?: boolean;
    };
    res: {
      account: AccountView;
    };
    progress: never;
  };
  /** Ask the provider again who the credential is and what it may do. */
  'account.verify': {
    req: {
      /** The account's id. */
      account: string;
    };
    res: {
      account: AccountView;
    };
    progress: never;
  };
  /** Another name, other settings, another transport. */
  'account.change': {
    req: {
      /** The account's id. */
      account: string;
      /** Your name for it. */
      name?: string;
      /** Not secret: workspace, project, region, as the provider's page says. */
      settings?: Record<string, string>;
      /** How its requests go. */
      transport?: 'direct' | 'rewrite' | 'relay';
      /** The node that forwards them, by id or name; left out with `relay`: the first that is awake. */
      relay?: string;
    };
    res: {
      account: AccountView;
    };
    progress: never;
  };
  /** Take another credential. Without fields a new one is made by the provider's API, where it can, and the old one is revoked. */
  'account.rotate': {
    req: {
      /** The account's id. */
      account: string;
      /** The provider's fields, by name. */
      fields?: Record<string, string>;
    };
    res: {
      account: AccountView;
      /** The old token still works: end it there yourself. */
      byHand?: {
        /** What to do, and why. */
        message: string;
        /** Where. */
        page: string;
      };
    };
    progress: never;
  };
  /** Forget the account and its credential. Nothing is deleted at the provider. */
  'account.disconnect': {
    req: {
      /** The account's id. */
      account: string;
    };
    res: Record<string, never>;
    progress: never;
  };
  /** Run one operation of an account. docs/provider-adapters.md describes them. */
  'account.run': {
    req: {
      /** The account's id. */
      account: string;
      /** E.g. `service.list`. */
      operation: string;
      /** As the operation is described. */
      input?: unknown;
    };
    res: {
      /** Likewise. */
      output: unknown;
    };
    progress: never;
  };
  /** Begin to sign in at a provider: where to send the person. */
  'oauth.begin': {
    req: {
      /** The provider's id. */
      provider: string;
      /** The id of the OAuth application registered there; it is no secret. */
      client: string;
      /** The address that was registered with it. */
      redirect: string;
    };
    res: {
      /** Open it. */
      url: string;
      /** Names this sign-in. */
      state: string;
    };
    progress: never;
  };
  /** What the provider sent back: connects the account, or gives one another credential. */
  'oauth.finish': {
    req: {
      /** Of `oauth.begin`. */
      state: string;
      /** The parameters of the address it came back to. */
      answer: Record<string, string>;
      /** An account to give it to. */
      account?: string;
      /** Your name for a new one. */
      name?: string;
      /** Not secret: workspace, project, region, as the provider's page says. */
      settings?: Record<string, string>;
      /** As `account.connect`. */
      second?: boolean;
      /** As `account.connect`. */
      transport?: 'direct' | 'rewrite' | 'relay';
      /** As `account.connect`. */
      relay?: string;
      /** As `account.connect`. */
      endpoint?: string;
    };
    res: {
      account: AccountView;
    };
    progress: never;
  };
};

/** Commands that only tell, for as long as somebody listens. */
export const STREAMS: readonly (keyof Commands)[] = ['app.logs'];

/** Every event and its body. */
export type Events = {
  /** The vault was created, opened or locked, or a way to open it came or went. */
  'vault.changed': {
    vault: VaultView;
  };
  /** A node is new or changed. */
  'node.changed': {
    node: NodeView;
  };
  /** A node was given up. */
  'node.removed': {
    node: string;
  };
  /** An app, its replicas or its newest deployment changed. */
  'app.changed': {
    app: AppView;
  };
  /** An app is gone. */
  'app.removed': {
    app: string;
  };
  /** Something happened. */
  'activity.added': {
    activity: ActivityView;
  };
  /** Online/offline, or superseded by a newer controller. */
  'controller.changed': {
    controller: Controller;
  };
  /** Settings changed. */
  'settings.changed': {
    settings: Settings;
  };
  /** A secret is new or changed. */
  'secret.changed': {
    secret: SecretView;
  };
  /** A secret is gone; its name. */
  'secret.removed': {
    secret: string;
  };
  /** Any number of secrets came, went or changed at once: `secret.list` tells of all. */
  'secret.reset': Record<string, never>;
  /** An account is new or changed. */
  'account.changed': {
    account: AccountView;
  };
  /** An account is gone; its id. */
  'account.removed': {
    account: string;
  };
  /** Any number of accounts came, went or changed at once: `account.list` tells of all. */
  'account.reset': Record<string, never>;
  /** A node is being made at a provider, or was made or removed. */
  'made.changed': {
    /** All of them. */
    made: MadeNode[];
  };
};

/** Every code an error may have. */
export type ErrorCode =
  | 'invalid_input'
  | 'not_found'
  | 'conflict'
  | 'forbidden'
  | 'unauthorized'
  | 'clock_skew'
  | 'stale_epoch'
  | 'stale_revision'
  | 'rate_limited'
  | 'unreachable'
  | 'timeout'
  | 'outcome_unknown'
  | 'offline'
  | 'no_nodes'
  | 'build_failed'
  | 'unhealthy'
  | 'crashed'
  | 'unknown_runtime'
  | 'missing_runtime'
  | 'bad_archive'
  | 'git_failed'
  | 'disk_full'
  | 'no_memory'
  | 'too_large'
  | 'store_failed'
  | 'locked'
  | 'cancelled'
  | 'internal';
