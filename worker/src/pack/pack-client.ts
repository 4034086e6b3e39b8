// The page's side of packing: one worker per job, ended with it.
import type { PackProgress } from '../client';
import { EngineError, hostError } from '../errors';
import type { ErrorView, Source } from '../generated/contract';
import type { PackJob } from './pack';

export type PackMessage =
  | { kind: 'progress'; progress: PackProgress }
  | { kind: 'done'; source: Source }
  | { kind: 'failed'; error: ErrorView };

export function packInWorker(
  job: PackJob,
  onProgress: (progress: PackProgress) => void = () => undefined,
): Promise<Source> {
  const worker = new Worker(new URL('./pack-worker.ts', import.meta.url), {
    type: 'module',
    name: 'automator67-pack',
  });
  return new Promise<Source>((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<PackMessage>) => {
      switch (data.kind) {
        case 'progress':
          onProgress(data.progress);
          break;
        case 'done':
          resolve(data.source);
          break;
        case 'failed':
          reject(new EngineError(data.error));
          break;
        default:
          data satisfies never;
      }
    };
    worker.onerror = (event) => {
      reject(
        hostError(
          'internal',
          `Packing stopped unexpectedly: ${event.message || 'its script could not be loaded'}.`,
          'Reload the page and try again.',
        ),
      );
    };
    worker.postMessage(job);
  }).finally(() => {
    worker.terminate();
  });
}
