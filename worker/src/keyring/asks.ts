// The page's side of the desk: hands secrets over and waits for the answers. How they get there is the
// tab's affair: straight to its own worker, or whispered to another tab's.
import { type Bytes, wipe } from '../bytes';
import { EngineError, hostError } from '../errors';
import type { Calibration } from './calibrate';
import type { SecretKind } from './derive-jobs';
import type { DeskAnswer, DeskAsk } from './desk';

export type AskTransport = (ask: DeskAsk) => void | Promise<void>;
export const ASKS_MAX = 16;

type Waiting = {
  resolve: (answer: Extract<DeskAnswer, { kind: 'desk' }>) => void;
  reject: (error: EngineError) => void;
};

/** Above every number a keyring gives, below the largest exact one: 2^32 to 2^53. */
function makeRef(): number {
  const [high = 0, low = 0] = crypto.getRandomValues(new Uint32Array(2));
  return (1 + (high % (2 ** 21 - 1))) * 2 ** 32 + low;
}

export class Asks {
  private transport: AskTransport | null = null;
  private readonly waiting = new Map<number, Waiting>();

  attach(transport: AskTransport): void {
    this.transport = transport;
  }

  /** Whoever had the secrets is gone. */
  detach(error: EngineError): void {
    this.transport = null;
    for (const { reject } of this.waiting.values()) reject(error);
    this.waiting.clear();
  }

  receive(answer: DeskAnswer): void {
    const waiting = this.waiting.get(answer.ref);
    this.waiting.delete(answer.ref);
    if (answer.kind === 'desk') waiting?.resolve(answer);
    else waiting?.reject(new EngineError(answer.error));
  }

  /** Resolves with the number to name in a command. `bytes` is empty or overwritten afterwards. */
  async offer(use: SecretKind, bytes: Bytes): Promise<number> {
    const ref = makeRef();
    try {
      await this.ask({ kind: 'secret', ref, use, bytes });
    } finally {
      wipe(bytes);
    }
    return ref;
  }

  async makeRecovery(): Promise<{ secret: number; words: string }> {
    const ref = makeRef();
    const { words } = await this.ask({ kind: 'make_recovery', ref });
    return { secret: ref, words: words ?? '' };
  }

  async calibrate(): Promise<Calibration> {
    const { calibration } = await this.ask({ kind: 'calibrate', ref: makeRef() });
    if (calibration === undefined) throw hostError('internal', 'Nothing was measured.');
    return calibration;
  }

  private ask(ask: DeskAsk): Promise<Extract<DeskAnswer, { kind: 'desk' }>> {
    const { transport } = this;
    if (transport === null) return Promise.reject(notReady());
    if (this.waiting.size >= ASKS_MAX) {
      return Promise.reject(
        hostError('rate_limited', `${ASKS_MAX} secrets are under way already.`, 'Wait a moment.'),
      );
    }
    return new Promise((resolve, reject) => {
      this.waiting.set(ask.ref, { resolve, reject });
      void (async () => {
        try {
          await transport(ask);
        } catch {
          this.waiting.delete(ask.ref);
          reject(notReady());
        }
      })();
    });
  }
}

function notReady(): EngineError {
  return hostError('unreachable', 'The engine is not ready for a secret yet.', 'Try again.');
}
