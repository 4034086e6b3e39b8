// Runs each derivation in a worker of its own, ended with it: WebAssembly memory never shrinks, and the
// 64 MiB of Argon2id, with what is left of a passphrase in them, are the browser's again.
import { EffectFailure, type EffectCode } from '../effects/effect';
import type { Job, JobAnswer, JobAsk, JobEnd, JobName } from './derive-jobs';

export type Deriver = <J extends JobName>(
  job: J,
  ask: JobAsk<J>,
  signal?: AbortSignal,
) => Promise<JobAnswer<J>>;

export type DeriveWorker = {
  postMessage(job: Job, transfer: Transferable[]): void;
  terminate(): void;
  onmessage: ((event: MessageEvent<JobEnd>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
};

/** The buffers behind every byte string in a message: they move instead of being copied. */
export function buffersOf(value: unknown): ArrayBuffer[] {
  if (value instanceof Uint8Array) return [value.buffer as ArrayBuffer];
  if (value === null || typeof value !== 'object') return [];
  return [...new Set(Object.values(value).flatMap(buffersOf))];
}

export function browserDeriveWorker(): DeriveWorker {
  return new Worker(new URL('./derive-worker.ts', import.meta.url), {
    type: 'module',
    name: 'automator67-derive',
  });
}

/** Byte strings in `ask` are given away: they are empty afterwards. */
export function workerDeriver(makeWorker: () => DeriveWorker = browserDeriveWorker): Deriver {
  return <J extends JobName>(job: J, ask: JobAsk<J>, signal?: AbortSignal) => {
    if (signal?.aborted === true) return Promise.reject(stopped());
    const worker = makeWorker();
    let onAbort: () => void = () => undefined;
    return new Promise<JobAnswer<J>>((resolve, reject) => {
      onAbort = () => {
        reject(stopped());
      };
      signal?.addEventListener('abort', onAbort);
      worker.onmessage = ({ data }) => {
        if ('answer' in data) resolve(data.answer);
        else
          reject(new EffectFailure(data.error.code as EffectCode, data.error.message, data.error));
      };
      worker.onerror = (event) => {
        reject(
          new EffectFailure(
            'internal',
            `The module for keys stopped: ${event.message || 'its script could not be loaded'}.`,
          ),
        );
      };
      worker.postMessage({ job, ...ask } as Job, buffersOf(ask));
    }).finally(() => {
      signal?.removeEventListener('abort', onAbort);
      worker.terminate();
    });
  };
}

function stopped(): EffectFailure {
  return new EffectFailure('cancelled', 'Stopped on request.');
}
