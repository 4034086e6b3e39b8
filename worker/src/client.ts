// The typed client: all that the page knows of the engine.
import type { EngineError } from './errors';
import type { Argon2, Commands, Events, Source } from './generated/contract';

export type CommandName = keyof Commands;
export type EventName = keyof Events;

export type Status = 'starting' | 'ready' | 'follower' | 'crashed';
export type Role = 'leader' | 'follower';

export type SendOptions<K extends CommandName> = {
  onProgress?: (progress: Commands[K]['progress']) => void;
  signal?: AbortSignal;
};

/** `path` is relative to the folder that was dropped, with `/` between its parts. */
export type FolderFile = { path: string; file: File };

export type PackProgress = { stage: 'packing' | 'hashing' | 'saving'; done: number; total: number };

/** Asked in the page: a worker cannot ask an authenticator. `credential` and `salt` are base64url. */
export type Passkeys = {
  /** False when this browser surely cannot derive a secret from a passkey. */
  available(): Promise<boolean>;
  create(label: string, salt: Uint8Array): Promise<{ credential: string; secret: Uint8Array }>;
  /** Asks whichever of these the person has at hand. */
  ask(
    known: { credential: string; salt: string }[],
  ): Promise<{ credential: string; secret: Uint8Array }>;
};

export type Client = {
  readonly role: Role;
  readonly status: Status;
  /** Why the status is `crashed`; else null. */
  readonly failure: EngineError | null;
  /** Rejects with EngineError. Aborting the signal cancels the command. */
  send<K extends CommandName>(
    name: K,
    body: Commands[K]['req'],
    options?: SendOptions<K>,
  ): Promise<Commands[K]['res']>;
  /** Returns what ends the subscription. */
  on<K extends EventName>(name: K, handler: (body: Events[K]) => void): () => void;
  /** Called at once with the current status, then at every change. */
  onStatus(handler: (status: Status) => void): () => void;
  /** Packs a dropped folder, keeps the archive in this browser, and describes it for app.deploy. */
  addFolder(
    files: readonly FolderFile[],
    onProgress?: (progress: PackProgress) => void,
  ): Promise<Source>;
  /** Keeps a .tar.gz, .tgz or .zip in this browser, and describes it for app.deploy. */
  addArchive(file: File, onProgress?: (progress: PackProgress) => void): Promise<Source>;
  /**
   * Hands a secret to the worker and gives the number that commands name it by. Of kind `recovery` it
   * is the words as UTF-8 text. The caller overwrites its copy afterwards.
   */
  offerSecret(kind: 'passphrase' | 'recovery' | 'passkey', secret: Uint8Array): Promise<number>;
  /** Draws a new recovery kit: its nine words, and the number commands name it by. */
  makeRecovery(): Promise<{ ref: number; words: string[] }>;
  /** The cost of a passphrase that takes this device about a second. */
  calibrate(): Promise<Argon2>;
  /**
   * Ends the engine with all it holds, forgets every key, and starts a locked engine: of the workspace named, or of
   * the same one. All tabs follow.
   */
  lock(workspace?: string): Promise<void>;
  /**
   * Deletes all that this browser keeps for the page, in every tab, and leaves for the first screen. Rejects
   * when something could not be deleted.
   */
  erase(): Promise<void>;
  readonly passkeys: Passkeys;
  /** After `crashed`: starts the engine anew. */
  restart(): void;
  close(): void;
};
