// A worker for one packing: it may take long, and neither the page nor the engine should wait.
import { openDatabase } from '../effects/database';
import { EngineError } from '../errors';
import type { PackMessage } from './pack-client';
import { pack, type PackJob } from './pack';

const page = self as unknown as {
  postMessage(message: PackMessage): void;
  onmessage: ((event: MessageEvent<PackJob>) => void) | null;
};

async function run(job: PackJob): Promise<void> {
  const database = job.keep === false ? null : await openDatabase();
  const source = await pack(job, database, (progress) => {
    page.postMessage({ kind: 'progress', progress });
  });
  page.postMessage({ kind: 'done', source });
}

page.onmessage = ({ data }) => {
  run(data).catch((cause: unknown) => {
    page.postMessage({
      kind: 'failed',
      error:
        cause instanceof EngineError
          ? { code: cause.code, message: cause.message, hint: cause.hint }
          : {
              code: 'invalid_input',
              message: `The files could not be read: ${cause instanceof Error ? cause.message : String(cause)}`,
              hint: 'They may have been changed or removed meanwhile. Drop them again.',
            },
    });
  });
};
