import type { HistoryEntry } from '@automator67/worker';
import { toErrorView } from '../engine/errors';
import type { Send } from '../engine/hooks';
import { showToast } from '../ui/toast-store';

/** The change that was just made to `entity`; null when it cannot be told. */
export async function newestChange(send: Send, entity: string): Promise<HistoryEntry | null> {
  try {
    const { changes } = await send('history.list', { entity, limit: 1 });
    return changes[0] ?? null;
  } catch {
    return null;
  }
}

/** For a toast's button: what fails is told by another toast, because its screen may be gone. */
export async function undoFromToast(
  send: Send,
  entity: string,
  change: number,
  done: string,
): Promise<void> {
  try {
    await send('history.undo', { entity, change });
    showToast({ title: done });
  } catch (failure) {
    const { message, hint } = toErrorView(failure);
    showToast({ tone: 'bad', title: `Not undone. ${message}`, detail: hint });
  }
}
