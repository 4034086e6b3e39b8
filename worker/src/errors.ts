// The one error the client's promises are rejected with: what the engine said, or what the host
// itself found out (the tab that ran the engine is gone, the worker crashed).
import type { ErrorCode, ErrorView } from './generated/contract';

const CODES_OF_THE_HOST = {
  outcomeUnknown: 'outcome_unknown',
  internal: 'internal',
  locked: 'locked',
} as const;

export class EngineError extends Error {
  readonly code: ErrorCode;
  readonly hint: string;
  readonly field: string;
  readonly retryable: boolean;
  readonly lines: readonly string[];

  constructor(view: ErrorView) {
    super(view.message);
    this.name = 'EngineError';
    this.code = view.code as ErrorCode;
    this.hint = view.hint ?? '';
    this.field = view.field ?? '';
    this.retryable = view.retryable ?? false;
    this.lines = view.lines ?? [];
  }
}

/** The engine that had the command is gone: it may or may not have been carried out. */
export function outcomeUnknown(): EngineError {
  return new EngineError({
    code: CODES_OF_THE_HOST.outcomeUnknown,
    message:
      'The tab that ran the engine was closed while this was under way. It may or may not have been done.',
    hint: 'Look at the current state first, then decide whether to do it again.',
  });
}

export function engineCrashed(reason: string): EngineError {
  return new EngineError({
    code: CODES_OF_THE_HOST.outcomeUnknown,
    message: `The engine stopped unexpectedly (${reason}). What was under way may or may not have been done.`,
    hint: 'Restart the engine, look at the current state, then decide whether to do it again.',
  });
}

/** Everything that was under way when somebody locked. */
export function locked(): EngineError {
  return new EngineError({
    code: CODES_OF_THE_HOST.locked,
    message:
      'Automator67 was locked. What was under way may or may not have been done; what had not begun was not.',
    hint: 'Unlock, look at the current state, then decide whether to do it again.',
  });
}

/** Somebody erases everything in another tab. */
export function erased(): EngineError {
  return hostError(
    'locked',
    'Everything on this device is being erased from another tab.',
    'This tab begins anew by itself; reload it if it does not.',
  );
}

export function hostError(code: ErrorCode, message: string, hint = ''): EngineError {
  return new EngineError({ code, message, hint });
}

export function cancelled(): EngineError {
  return hostError('cancelled', 'Stopped on request.');
}
