import { toErrorView } from '../../engine/errors';
import type { EngineStore } from '../../engine/engine-store';
import { showToast } from '../../ui/toast-store';

/** With a workspace: goes on with that one, which is locked or yet to be made. */
export async function lockVault(store: EngineStore, workspace?: string): Promise<void> {
  try {
    await store.lock(workspace);
  } catch (error) {
    const { message, hint } = toErrorView(error);
    showToast({
      tone: 'bad',
      title: 'The workspace is not locked.',
      detail: `${message} ${hint ?? 'Close every tab of it to lock it.'}`,
    });
  }
}
