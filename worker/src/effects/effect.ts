// What every effect is: a body in, chunks on the way, a result or an EffectFailure at the end.
import type { EffectError } from '../protocol';

export type SendChunk = (body: unknown) => void;
export type EffectRunner = (
  body: unknown,
  signal: AbortSignal,
  onChunk: SendChunk,
) => Promise<unknown>;

/** `unreachable` only when it is certain that nothing was done. */
export type EffectCode =
  | 'unreachable'
  | 'timeout'
  | 'outcome_unknown'
  | 'too_large'
  | 'offline'
  | 'not_found'
  | 'store_failed'
  | 'disk_full'
  | 'no_memory'
  | 'unauthorized'
  | 'invalid_input'
  | 'cancelled'
  | 'internal';

/** What to do next, and where in the request. */
export type EffectDetail = { hint?: string; field?: string };

export class EffectFailure extends Error {
  readonly code: EffectCode;
  readonly detail: EffectDetail;

  constructor(code: EffectCode, message: string, { hint, field }: EffectDetail = {}) {
    super(message);
    this.name = 'EffectFailure';
    this.code = code;
    this.detail = {
      ...(hint === undefined || hint === '' ? {} : { hint }),
      ...(field === undefined || field === '' ? {} : { field }),
    };
  }
}

export function effectErrorOf(cause: unknown): EffectError {
  if (cause instanceof EffectFailure) {
    return { code: cause.code, message: cause.message, ...cause.detail };
  }
  return { code: 'internal', message: cause instanceof Error ? cause.message : String(cause) };
}
