// Turns whatever was thrown into what the page can show: what happened, why, what to do next.
import type { ErrorView } from '@automator67/worker';

function isErrorLike(value: unknown): value is ErrorView {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as { code?: unknown }).code === 'string' &&
    typeof (value as { message?: unknown }).message === 'string'
  );
}

/** Structural on purpose: an EngineError may come from another bundle's copy of the class. */
export function toErrorView(error: unknown): ErrorView {
  if (isErrorLike(error)) {
    return {
      code: error.code,
      message: error.message,
      hint: error.hint || undefined,
      field: error.field || undefined,
      retryable: error.retryable ?? false,
      lines: error.lines && error.lines.length > 0 ? [...error.lines] : undefined,
    };
  }
  return {
    code: 'internal',
    message: error instanceof Error ? error.message : 'Something failed without saying why.',
    hint: 'Reload the page. If it happens again, report it with the steps that led here.',
    retryable: true,
  };
}

export function isCancelled(error: unknown): boolean {
  if (error instanceof DOMException && error.name === 'AbortError') return true;
  return isErrorLike(error) && error.code === 'cancelled';
}
