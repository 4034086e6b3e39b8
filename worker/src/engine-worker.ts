// The worker's entry: loads the engine, gives it the browser's doors, and passes messages on.
import createEngine from './engine/engine.mjs';
import { keepOpen } from './effects/database';
import { browserRunners } from './effects/runners';
import { EngineHost } from './engine-host';
import type { ToPage, ToWorker } from './protocol';

// The page's library types `self` as a window; in a dedicated worker it is this.
const page = self as unknown as {
  postMessage(message: ToPage): void;
  onmessage: ((event: MessageEvent<ToWorker>) => void) | null;
};

const early: ToWorker[] = [];
page.onmessage = ({ data }) => {
  early.push(data);
};

async function main(): Promise<void> {
  const module = await createEngine({
    onAbort: (reason) => {
      page.postMessage({ kind: 'crashed', reason: String(reason) });
    },
  });
  const host = new EngineHost({
    engine: new module.Engine(),
    runners: browserRunners(keepOpen()),
    post: (message) => {
      page.postMessage(message);
    },
    clock: {
      now: () => performance.now(),
      unixMs: () => Date.now(),
      setTimer: (run, delayMs) => self.setTimeout(run, delayMs),
      clearTimer: (id) => {
        self.clearTimeout(id);
      },
    },
    seed: crypto.getRandomValues(new Uint8Array(32)),
  });
  host.start();
  for (const message of early) host.accept(message);
  page.onmessage = ({ data }) => {
    host.accept(data);
  };
}

main().catch((cause: unknown) => {
  const reason = cause instanceof Error ? cause.message : String(cause);
  page.postMessage({ kind: 'crashed', reason: `it could not be loaded: ${reason}` });
});
