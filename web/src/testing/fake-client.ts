// A client without an engine: answers from handlers a test sets, and lets it raise events. It obeys
// the real client's contract (answers come later, errors are EngineErrors, abort cancels).
import {
  EngineError,
  type Argon2,
  type Client,
  type CommandName,
  type Commands,
  type ErrorView,
  type EventName,
  type Events,
  type FolderFile,
  type PackProgress,
  type Role,
  type SendOptions,
  type Snapshot,
  type Source,
  type Status,
  type VaultView,
} from '@automator67/worker';
import { FAKE_WORDS, makeSnapshot, makeStorage, makeVault } from './fake-data';

type Handler<K extends CommandName> = (
  body: Commands[K]['req'],
  options: SendOptions<K>,
) => Promise<Commands[K]['res']> | Commands[K]['res'];

type Handlers = { [K in CommandName]?: Handler<K> };

export type SentCommand = {
  [K in CommandName]: { name: K; body: Commands[K]['req'] };
}[CommandName];

export class FakeClient implements Client {
  role: Role = 'leader';
  status: Status = 'ready';
  failure: EngineError | null = null;
  state: Snapshot;
  vault: VaultView = makeVault();
  readonly sent: SentCommand[] = [];
  readonly folders: (readonly FolderFile[])[] = [];
  readonly archives: File[] = [];
  /** What was handed over as a secret, in order; its number is its place, from 1. */
  readonly offered: { kind: string; text: string }[] = [];
  restarts = 0;
  locks = 0;
  /** Where each lock went, if it named a workspace. */
  readonly movedTo: string[] = [];
  closed = false;
  erasures = 0;
  private readonly handlers: Handlers = {};
  private readonly eventHandlers = new Map<EventName, Set<(body: never) => void>>();
  private readonly statusHandlers = new Set<(status: Status) => void>();

  constructor(state: Partial<Snapshot> = {}) {
    this.state = makeSnapshot(state);
    this.answer('engine.state', () => this.state);
    this.answer('vault.status', () => ({ vault: this.vault }));
    this.answer('activity.list', () => ({ activity: this.state.activity }));
    this.answer('settings.get', () => ({ settings: this.state.settings }));
    this.answer('app.metrics', () => ({ points: [] }));
    this.answer('vault.workspaces', () => ({
      workspaces: [{ id: 'main', name: this.vault.name ?? 'My cloud', current: true }],
    }));
    this.answer('storage.status', () => ({ storage: makeStorage() }));
    this.answer('history.list', () => ({ changes: [], more: false }));
    this.answer('audit.list', () => ({ records: [], more: false }));
    this.answer('secret.list', () => ({ secrets: [] }));
    this.answer('account.list', () => ({ accounts: [] }));
    this.answer('provider.list', () => ({ providers: [] }));
  }

  answer<K extends CommandName>(name: K, handler: Handler<K>): void {
    (this.handlers as Record<CommandName, unknown>)[name] = handler;
  }

  fail(name: CommandName, error: ErrorView): void {
    this.answer(name, () => Promise.reject(new EngineError(error)));
  }

  async send<K extends CommandName>(
    name: K,
    body: Commands[K]['req'],
    options: SendOptions<K> = {},
  ): Promise<Commands[K]['res']> {
    this.sent.push({ name, body } as SentCommand);
    const handler = this.handlers[name] as Handler<K> | undefined;
    await Promise.resolve();
    if (!handler) {
      throw new EngineError({
        code: 'not_found',
        message: `The fake engine does not know ${name}.`,
      });
    }
    const cancelled = new Promise<never>((_, reject) => {
      options.signal?.addEventListener('abort', () =>
        reject(new EngineError({ code: 'cancelled', message: 'Stopped on request.' })),
      );
    });
    return Promise.race([(async () => handler(body, options))(), cancelled]);
  }

  on<K extends EventName>(name: K, handler: (body: Events[K]) => void): () => void {
    const handlers = this.eventHandlers.get(name) ?? new Set();
    this.eventHandlers.set(name, handlers);
    handlers.add(handler as (body: never) => void);
    return () => handlers.delete(handler as (body: never) => void);
  }

  emit<K extends EventName>(name: K, body: Events[K]): void {
    for (const handler of this.eventHandlers.get(name) ?? [])
      (handler as (b: Events[K]) => void)(body);
  }

  onStatus(handler: (status: Status) => void): () => void {
    this.statusHandlers.add(handler);
    handler(this.status);
    return () => this.statusHandlers.delete(handler);
  }

  setStatus(status: Status): void {
    this.status = status;
    for (const handler of this.statusHandlers) handler(status);
  }

  sentOf<K extends CommandName>(name: K): Commands[K]['req'][] {
    return this.sent.filter((one) => one.name === name).map((one) => one.body);
  }

  async addFolder(
    files: readonly FolderFile[],
    onProgress?: (progress: PackProgress) => void,
  ): Promise<Source> {
    this.folders.push(files);
    onProgress?.({ stage: 'packing', done: 1, total: 2 });
    await Promise.resolve();
    return {
      ...FAKE_ARCHIVE,
      name: files[0]?.path.split('/')[0] ?? 'folder',
      files: files.map(({ path, file }) => ({ path, bytes: file.size })),
    };
  }

  async addArchive(file: File, onProgress?: (progress: PackProgress) => void): Promise<Source> {
    this.archives.push(file);
    onProgress?.({ stage: 'hashing', done: 1, total: 2 });
    await Promise.resolve();
    return {
      ...FAKE_ARCHIVE,
      name: file.name,
      format: file.name.endsWith('.zip') ? 'zip' : 'tar.gz',
    };
  }

  /** The vault as it is from now on, told to whoever listens. */
  setVault(change: Partial<VaultView>): { vault: VaultView } {
    this.vault = { ...this.vault, ...change };
    this.emit('vault.changed', { vault: this.vault });
    return { vault: this.vault };
  }

  async offerSecret(kind: string, secret: Uint8Array): Promise<number> {
    this.offered.push({ kind, text: new TextDecoder().decode(secret) });
    const ref = this.offered.length;
    await Promise.resolve();
    return ref;
  }

  async makeRecovery(): Promise<{ ref: number; words: string[] }> {
    const words = [...FAKE_WORDS];
    return { ref: await this.offerSecret('recovery', encoded(words.join('-'))), words };
  }

  async calibrate(): Promise<Argon2> {
    await Promise.resolve();
    return { memoryKib: 65_536, passes: 3 };
  }

  erase(): Promise<void> {
    this.erasures += 1;
    return Promise.resolve();
  }

  async lock(workspace?: string): Promise<void> {
    this.locks += 1;
    if (workspace !== undefined) this.movedTo.push(workspace);
    await Promise.resolve();
    this.setVault({ state: 'locked' });
  }

  readonly passkeys: Client['passkeys'] = {
    available: () => Promise.resolve(true),
    create: (label) =>
      Promise.resolve({ credential: 'Y3JlZA', secret: encoded(`secret of ${label}`) }),
    ask: (known) =>
      Promise.resolve({
        credential: known[0]?.credential ?? '',
        secret: encoded('secret of a passkey'),
      }),
  };

  restart(): void {
    this.restarts += 1;
  }

  close(): void {
    this.closed = true;
  }
}

function encoded(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

const FAKE_ARCHIVE: Source = {
  kind: 'archive',
  sha256: 'ab'.repeat(32),
  bytes: 184_320,
  format: 'tar.gz',
  name: 'guestbook',
};
