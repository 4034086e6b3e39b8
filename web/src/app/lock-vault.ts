import { toErrorView } from '../engine/errors';
import type { EngineStore } from '../engine/engine-store';
import { showToast } from '../ui/toast-store';

export async function lockVault(store: EngineStore): Promise<void> {
  try {
    await store.lock();
  } catch (error) {
    const { message, hint } = toErrorView(error);
    showToast({
      tone: 'bad',
      title: 'The workspace is not locked.',
      detail: `${message} ${hint ?? 'Close every tab of it to lock it.'}`,
    });
  }
}
