// The worker's entry for the demo: the same engine, without a vault, over a played cloud. Ending it leaves nothing.
import createEngine from '../engine/engine.mjs';
import { EngineHost } from '../engine-host';
import type { BeginMessage, ForEngine, ToPage } from '../protocol';
import { DemoCloud } from './demo-cloud';

const page = self as unknown as {
  postMessage(message: ToPage): void;
  onmessage: ((event: MessageEvent<ForEngine | BeginMessage>) => void) | null;
};

const early: ForEngine[] = [];
page.onmessage = ({ data }) => {
  if (data.kind !== 'begin') early.push(data);
};

async function main(): Promise<void> {
  const module = await createEngine({
    onAbort: (reason) => {
      page.postMessage({ kind: 'crashed', reason: String(reason) });
    },
  });
  const time = { now: () => performance.now(), unixMs: () => Date.now() };
  const cloud = new DemoCloud(time);
  const host = new EngineHost({
    engine: new module.Engine(),
    runners: cloud.runners(),
    post: (message) => {
      page.postMessage(message);
    },
    clock: {
      ...time,
      setTimer: (run, delayMs) => self.setTimeout(run, delayMs),
      clearTimer: (id) => {
        self.clearTimeout(id);
      },
    },
    seed: crypto.getRandomValues(new Uint8Array(32)),
    vault: false,
  });
  cloud.start();
  host.start('demo');
  for (const message of early) host.accept(message);
  page.onmessage = ({ data }) => {
    if (data.kind !== 'begin') host.accept(data);
  };
}

main().catch((cause: unknown) => {
  const reason = cause instanceof Error ? cause.message : String(cause);
  page.postMessage({ kind: 'crashed', reason: `it could not be loaded: ${reason}` });
});
