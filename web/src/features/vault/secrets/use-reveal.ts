// A secret's value, asked for when somebody wants to see it, and let go of after a while.
import type { ErrorView } from '@automator67/worker';
import { useEffect, useState } from 'react';
import { toErrorView } from '../../../engine/errors';
import { useSend } from '../../../engine/hooks';
import { plural } from '../../../ui/format';
import { showToast } from '../../../ui/toast-store';
import { CLIPBOARD_MS, copyForAWhile } from '../clipboard';

export const SHOWN_MS = 30_000;

export type Reveal = {
  /** null: not shown. */
  value: string | null;
  busy: 'show' | 'copy' | null;
  error: ErrorView | null;
  show: () => Promise<void>;
  hide: () => void;
  copy: () => Promise<void>;
};

export function useReveal(name: string): Reveal {
  const send = useSend();
  const [value, setValue] = useState<string | null>(null);
  const [busy, setBusy] = useState<Reveal['busy']>(null);
  const [error, setError] = useState<ErrorView | null>(null);

  useEffect(() => {
    if (value === null) return;
    const timer = setTimeout(() => setValue(null), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [value]);

  async function withValue(
    what: 'show' | 'copy',
    handle: (value: string) => void | Promise<void>,
  ): Promise<void> {
    setBusy(what);
    setError(null);
    try {
      await handle((await send('secret.reveal', { name })).value);
    } catch (failure) {
      setError(toErrorView(failure));
    } finally {
      setBusy(null);
    }
  }

  return {
    value,
    busy,
    error,
    show: () => withValue('show', setValue),
    hide: () => setValue(null),
    copy: () =>
      withValue('copy', async (text) => {
        try {
          await copyForAWhile(text);
        } catch {
          showToast({
            tone: 'bad',
            title: 'Nothing was copied: the browser refused access to the clipboard.',
          });
          return;
        }
        showToast({
          title: `${name} was copied.`,
          detail: `The clipboard is cleared in ${plural(CLIPBOARD_MS / 1000, 'second')}.`,
        });
      }),
  };
}
