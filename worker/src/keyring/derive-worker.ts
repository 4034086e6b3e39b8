// The short-lived worker's entry: loads the kdf module, performs one job, answers. Whoever started it
// ends it.
import createKdf from '../kdf/kdf.mjs';
import { type Job, type JobEnd, performJob } from './derive-jobs';
import { buffersOf } from './deriver';

const host = self as unknown as {
  postMessage(end: JobEnd, transfer: Transferable[]): void;
  onmessage: ((event: MessageEvent<Job>) => void) | null;
};

const loading = createKdf();
host.onmessage = ({ data }) => {
  loading
    .then(
      (kdf): JobEnd =>
        performJob(kdf, data, {
          random: (bytes) => crypto.getRandomValues(bytes),
          now: () => performance.now(),
        }),
      (cause: unknown): JobEnd => ({
        error: {
          code: 'internal',
          message: `The module for keys could not be loaded: ${cause instanceof Error ? cause.message : String(cause)}.`,
        },
      }),
    )
    .then((end) => {
      host.postMessage(end, buffersOf(end));
    })
    .catch(() => undefined);
};
