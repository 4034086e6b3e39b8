// The messages of the boundary (docs/first-deployment.md) and those between a page and its worker.
import type { ErrorView } from './generated/contract';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** The end of an effect that failed; the engine acts on the code. */
export type EffectError = { code: string; message: string };

export type EffectName =
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
  | { kind: 'start'; seed: string; unixMs: number; host: 'browser' }
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
/** The host's own word: the engine cannot go on. */
export type Crashed = { kind: 'crashed'; reason: string };

export type FromEngine =
  | Hello
  | { kind: 'ready' }
  | Answer
  | EventMessage
  | Effect
  | { kind: 'effect.cancel'; id: number }
  | Crashed;

/** What the worker lets through to the page: everything but effects. */
export type ToPage = Exclude<FromEngine, { kind: 'effect' | 'effect.cancel' }>;
export type ToWorker = CommandMessage | CancelMessage | NetworkMessage;
