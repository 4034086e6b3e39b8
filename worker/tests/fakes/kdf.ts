// The real key derivation module in Node, behind a shim of a worker's globals, and a deriver that runs its
// jobs at once, bytes moved and cloned as between workers.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { KdfModule } from '../../src/kdf/kdf.mjs';
import { type Job, type JobAnswer, type JobDoors, performJob } from '../../src/keyring/derive-jobs';
import {
  buffersOf,
  type Deriver,
  type DeriveWorker,
  workerDeriver,
} from '../../src/keyring/deriver';

const folder = new URL('../../src/kdf/', import.meta.url);
let loading: Promise<KdfModule> | undefined;

export function loadKdf(): Promise<KdfModule> {
  loading ??= load();
  return loading;
}

async function load(): Promise<KdfModule> {
  const script = new URL('kdf.mjs', folder);
  Object.assign(globalThis, {
    self: globalThis,
    WorkerGlobalScope: Object,
    importScripts: () => undefined,
    location: { href: script.href },
  });
  const { default: createKdf } = await import('../../src/kdf/kdf.mjs');
  return createKdf({ wasmBinary: readFileSync(fileURLToPath(new URL('kdf.wasm', folder))) });
}

const realDoors: JobDoors = {
  random: (bytes) => crypto.getRandomValues(bytes),
  now: () => performance.now(),
};

/** Says how many of its workers live. */
export function testDeriver(doors: JobDoors = realDoors): {
  deriver: Deriver;
  living: () => number;
} {
  let living = 0;
  const deriver = workerDeriver(() => {
    living += 1;
    const worker: DeriveWorker = {
      onmessage: null,
      onerror: null,
      terminate: () => {
        living -= 1;
      },
      postMessage: (job, transfer) => {
        const moved = structuredClone<Job>(job, { transfer });
        void loadKdf().then((kdf) => {
          const end = performJob(kdf, moved, doors);
          const data = structuredClone(end, { transfer: buffersOf(end) });
          worker.onmessage?.({ data } as MessageEvent<{ answer: JobAnswer<'derive'> }>);
        });
      },
    };
    return worker;
  });
  return { deriver, living: () => living };
}
