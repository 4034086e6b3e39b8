// The worker's entry: loads the engine, gives it the browser's doors, and passes messages on. Secrets go to
// the desk beside it and never to the engine.
import createEngine from './engine/engine.mjs';
import { keepOpen } from './effects/database';
import { browserRunners } from './effects/runners';
import { BrowserStore } from './effects/store';
import { EngineHost } from './engine-host';
import { workerDeriver } from './keyring/deriver';
import { Desk } from './keyring/desk';
import { deviceSecret } from './keyring/device-secret';
import { Keyring } from './keyring/keyring';
import { Door } from './keyring/whisper';
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

function tell(message: ToPage): void {
  page.postMessage(message);
}

async function main(): Promise<void> {
  const [module, door] = await Promise.all([
    createEngine({
      onAbort: (reason) => {
        tell({ kind: 'crashed', reason: String(reason) });
      },
    }),
    Door.make(),
  ]);
  const openDatabase = keepOpen();
  const store = new BrowserStore(openDatabase);
  const deriver = workerDeriver();
  const keyring = new Keyring({ deriver, deviceSecret: () => deviceSecret(store) });
  const desk = new Desk({ secrets: keyring.secrets, deriver, door });
  const host = new EngineHost({
    engine: new module.Engine(),
    runners: browserRunners(openDatabase, store, keyring),
    post: tell,
    clock: {
      now: () => performance.now(),
      unixMs: () => Date.now(),
      setTimer: (run, delayMs) => self.setTimeout(run, delayMs),
      clearTimer: (id) => {
        self.clearTimeout(id);
      },
    },
    seed: crypto.getRandomValues(new Uint8Array(32)),
    origin: self.location.origin,
  });
  const receive = receiver(host, desk, () => {
    host.stop();
    keyring.forgetAll();
    // The state it holds has secrets, too: what apps are given. It is not called again.
    module.HEAPU8.fill(0);
  });
  tell({ kind: 'door', publicKey: door.publicKey });
  for (const message of early) receive(message);
  page.onmessage = ({ data }) => {
    receive(data);
  };
}

function receiver(host: EngineHost, desk: Desk, wipe: () => void): (message: ToWorker) => void {
  return (message) => {
    switch (message.kind) {
      case 'begin':
        host.start(message.workspace);
        break;
      case 'secret':
      case 'make_recovery':
      case 'calibrate':
        void desk.answer(message).then(tell);
        break;
      case 'whisper':
        void desk.answerWhisper(message).then((answer) => {
          if (answer !== undefined) tell(answer);
        });
        break;
      case 'lock':
        wipe();
        tell({ kind: 'locked' });
        break;
      default:
        host.accept(message);
    }
  };
}

main().catch((cause: unknown) => {
  const reason = cause instanceof Error ? cause.message : String(cause);
  tell({ kind: 'crashed', reason: `it could not be loaded: ${reason}` });
});
