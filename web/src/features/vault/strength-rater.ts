// Asks the strength worker; one question at a time, and of those that wait only the newest.
import type { Strength, StrengthAnswer, StrengthQuestion } from './strength';

export type StrengthRater = {
  /** null: the estimate cannot be had. A question that a newer one overtook is answered null, too. */
  rate: (text: string, known: string[]) => Promise<Strength | null>;
  /** Ends the worker, and with it every copy of what it was asked about. */
  end: () => void;
};

type Waiting = { text: string; known: string[]; resolve: (strength: Strength | null) => void };

function makeWorker(): Worker {
  return new Worker(new URL('./strength-worker.ts', import.meta.url), {
    type: 'module',
    name: 'automator67-strength',
  });
}

export function createStrengthRater(): StrengthRater {
  let worker: Worker | null = null;
  let broken = false;
  let asked: { id: number; waiting: Waiting } | null = null;
  let next: Waiting | null = null;
  let id = 0;

  function end(): void {
    worker?.terminate();
    worker = null;
    asked?.waiting.resolve(null);
    next?.resolve(null);
    asked = null;
    next = null;
  }

  function fail(): void {
    broken = true;
    end();
  }

  function start(): Worker {
    const made = makeWorker();
    made.onmessage = ({ data }: MessageEvent<StrengthAnswer>) => {
      if (asked?.id !== data.id) return;
      asked.waiting.resolve(data.strength);
      asked = null;
      askNext();
    };
    // Not loaded (offline, an old page): the form goes by length then.
    made.onerror = fail;
    return made;
  }

  function askNext(): void {
    if (asked || !next) return;
    const waiting = next;
    next = null;
    try {
      worker ??= start();
      id += 1;
      asked = { id, waiting };
      const question: StrengthQuestion = { id, text: waiting.text, known: waiting.known };
      worker.postMessage(question);
    } catch {
      waiting.resolve(null);
      fail();
    }
  }

  return {
    rate(text, known) {
      if (broken) return Promise.resolve(null);
      return new Promise((resolve) => {
        next?.resolve(null);
        next = { text, known, resolve };
        askNext();
      });
    },
    end,
  };
}
