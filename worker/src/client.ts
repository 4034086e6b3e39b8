// The typed client: all that the page knows of the engine.
import type { EngineError } from './errors';
import type { Bytes } from './bytes';
import type { Commands, Events, Source } from './generated/contract';
import type { Calibration } from './keyring/calibrate';
import type { SecretKind } from './keyring/derive-jobs';

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
   * Hands a secret to the host of the engine, past the engine, and resolves with the number that a command
   * names it by. `bytes` is empty or overwritten afterwards. A passphrase goes through bytesOfPassphrase();
   * recovery words go as typed, in UTF-8; one that
   * cannot be is told in `field`, as `word.3`.
   */
  offerSecret(kind: SecretKind, bytes: Bytes): Promise<number>;
  /** Makes recovery words: show `words` once, name `secret` in the command that adds them. */
  makeRecovery(): Promise<{ secret: number; words: string }>;
  /** Measures this device for a few seconds and proposes what a new passphrase should cost to guess. */
  calibrate(): Promise<Calibration>;
  /** Ends the engine with every key it had, in whichever tab, and starts a locked one. */
  lock(): void;
  /** After `crashed`: starts the engine anew. */
  restart(): void;
  close(): void;
};
