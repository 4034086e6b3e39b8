// A list the engine keeps, secrets for one: asked for whole, then kept true by events that tell of one item each.
//
// Why what is told while the list is asked for is laid over the answer: whether the answer was made before an event or
// after it, the item is then as the newest event said.
import type { Client, ErrorView } from '@automator67/worker';
import { useCallback, useEffect, useState } from 'react';
import { isServing } from './engine-store';
import { isCancelled, toErrorView } from './errors';
import { useClient, useSend, type Send } from './hooks';

export type KeptListDoors<T> = {
  changed: (item: T) => void;
  removed: (key: string) => void;
  /** Many at once, or nobody knows which: the list is asked for anew. */
  reset: () => void;
};

/** Defined once, outside of components. */
export type KeptListOf<T> = {
  keyOf: (item: T) => string;
  ask: (send: Send, signal: AbortSignal) => Promise<readonly T[]>;
  /** Returns what ends each subscription. */
  listen: (client: Client, doors: KeptListDoors<T>) => (() => void)[];
};

export type KeptList<T> = {
  /** null: not known yet. */
  items: readonly T[] | null;
  error: ErrorView | null;
  reload: () => void;
};

export function useKeptList<T>(list: KeptListOf<T>): KeptList<T> {
  const client = useClient();
  const send = useSend();
  const [items, setItems] = useState<readonly T[] | null>(null);
  const [error, setError] = useState<ErrorView | null>(null);
  const [turn, setTurn] = useState(0);
  const reload = useCallback(() => setTurn((n) => n + 1), []);

  useEffect(() => {
    const abort = new AbortController();
    const endings: (() => void)[] = [];
    let told: Map<string, T | null> | null = new Map();

    function tell(key: string, item: T | null): void {
      told?.set(key, item);
      setItems((old) => old && withItem(old, key, item, list.keyOf));
    }

    async function begin(): Promise<void> {
      const connected = await client();
      if (abort.signal.aborted) return;
      // Before the list is asked for, so that nothing is missed.
      endings.push(
        ...list.listen(connected, {
          changed: (item) => tell(list.keyOf(item), item),
          removed: (key) => tell(key, null),
          reset: reload,
        }),
        onComeback(connected, reload),
      );
      let answer = await list.ask(send, abort.signal);
      if (abort.signal.aborted) return;
      for (const [key, item] of told ?? []) answer = withItem(answer, key, item, list.keyOf);
      told = null;
      setItems(answer);
      setError(null);
    }

    begin().catch((failure: unknown) => {
      if (!abort.signal.aborted && !isCancelled(failure)) setError(toErrorView(failure));
    });
    return () => {
      abort.abort();
      for (const end of endings) end();
    };
  }, [client, list, reload, send, turn]);

  return { items, error, reload };
}

/** Another engine answers (the leading tab closed, or a restart): what the one before said last may be old. */
function onComeback(client: Client, then: () => void): () => void {
  let away = false;
  return client.onStatus((status) => {
    const serving = isServing(status);
    if (serving && away) then();
    away = !serving;
  });
}

function withItem<T>(
  list: readonly T[],
  key: string,
  item: T | null,
  keyOf: (item: T) => string,
): readonly T[] {
  const index = list.findIndex((one) => keyOf(one) === key);
  if (item === null) return index === -1 ? list : list.toSpliced(index, 1);
  return index === -1 ? [...list, item] : list.with(index, item);
}
