// The messages of the boundary (docs/first-deployment.md) and those between a page and its worker.
import type { ErrorView } from './generated/contract';
import type { Bytes } from './bytes';
import type { DeskAnswer, DeskAsk, WhisperedMessage, WhisperMessage } from './keyring/desk';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** The end of an effect that failed; the engine acts on the code. */
export type EffectError = { code: string; message: string; hint?: string; field?: string };

export type KeyEffectName =
  | 'key.derive'
  | 'key.make'
  | 'key.rewrap'
  | 'key.open'
  | 'key.pin'
  | 'key.subkey'
  | 'key.seal'
  | 'key.open_sealed'
  | 'key.mac'
  | 'key.forget';

export type EffectName =
  | KeyEffectName
  | 'http.send'
  | 'stream.open'
  | 'store.load'
  | 'store.save'
  | 'table.get'
  | 'table.scan'
  | 'table.apply'
  | 'blob.drop'
  | 'log';

export type CommandMessage = { kind: 'command'; id: number; name: string; body: unknown };
export type CancelMessage = { kind: 'cancel'; id: number };
export type NetworkMessage = { kind: 'network'; online: boolean };

export type ToEngine =
  | {
      kind: 'start';
      seed: string;
      unixMs: number;
      host: 'browser';
      vault: boolean;
      workspace: string;
      origin: string;
    }
  | CommandMessage
  | CancelMessage
  | { kind: 'result'; id: number; body: unknown }
  | { kind: 'error'; id: number; error: EffectError }
  | { kind: 'chunk'; id: number; body: unknown }
  | NetworkMessage
  | { kind: 'clock'; unixMs: number };

export type Hello = { kind: 'hello'; protocol: number; version: string };
export type Answer =
  | { kind: 'reply'; id: number; body: unknown }
  | { kind: 'failed'; id: number; error: ErrorView }
  | { kind: 'progress'; id: number; body: unknown };
export type EventMessage = { kind: 'event'; name: string; body: unknown };
export type Effect = { kind: 'effect'; id: number; name: EffectName; body: unknown };
/** The engine's own word: what is stored cannot be used, and it did not start. */
export type Fatal = { kind: 'fatal'; error: ErrorView };
/** The host's own word: the engine cannot go on. */
export type Crashed = { kind: 'crashed'; reason: string };

export type FromEngine =
  | Hello
  | { kind: 'ready' }
  | Answer
  | EventMessage
  | Effect
  | { kind: 'effect.cancel'; id: number }
  | Fatal
  | Crashed;

/** The first message to a worker: which workspace its engine is for. */
export type BeginMessage = { kind: 'begin'; workspace: string };
/** Wipes every key and ends the engine; the page then ends the worker. */
export type LockMessage = { kind: 'lock' };
/** Where tabs without an engine may whisper to. */
export type DoorMessage = { kind: 'door'; publicKey: Bytes };

/** What the worker lets through to the page: everything but effects, and what it says for itself. */
export type ToPage =
  | Exclude<FromEngine, { kind: 'effect' | 'effect.cancel' }>
  | DeskAnswer
  | WhisperedMessage
  | DoorMessage
  | { kind: 'locked' };
/** What the worker passes on to the engine. Secrets are not among it. */
export type ForEngine = CommandMessage | CancelMessage | NetworkMessage;
export type ToWorker = BeginMessage | ForEngine | DeskAsk | WhisperMessage | LockMessage;
