import type { ErrorView } from '@automator67/worker';

/**
 * A wrong guess is told in the page's words and tells nothing else. Words that cannot be a recovery
 * kit at all (`invalid_input`) are no guess: which of them is mistyped is told as the engine says it.
 */
export function isWrongSecret(error: ErrorView): boolean {
  return error.code === 'unauthorized' || error.code === 'forbidden';
}

export function asProofError(error: ErrorView, hint = 'Type it again.'): ErrorView {
  if (!isWrongSecret(error)) return error;
  return { ...error, message: 'What you confirmed with does not open the workspace.', hint };
}
