// A worker whose engine is the test itself.
import type { WorkerPort } from '../../src/engine-session';
import { PROTOCOL } from '../../src/generated/contract';
import type { WhisperMessage } from '../../src/keyring/desk';
import type { CommandMessage, ToPage, ToWorker } from '../../src/protocol';

export class FakeWorker implements WorkerPort {
  onmessage: ((event: MessageEvent<ToPage>) => void) | null = null;
  onerror: ((event: ErrorEvent) => void) | null = null;
  terminated = false;
  readonly received: ToWorker[] = [];

  postMessage(message: ToWorker, transfer: Transferable[] = []): void {
    this.received.push(structuredClone(message, { transfer }));
  }

  terminate(): void {
    this.terminated = true;
  }

  say(message: ToPage): void {
    this.onmessage?.({ data: structuredClone(message) } as MessageEvent<ToPage>);
  }

  becomeReady(protocol = PROTOCOL): void {
    this.say({ kind: 'hello', protocol, version: '0.1.0' });
    this.say({ kind: 'ready' });
  }

  whispers(): WhisperMessage[] {
    return this.received.filter((message) => message.kind === 'whisper');
  }

  commands(): CommandMessage[] {
    return this.received.filter((message) => message.kind === 'command');
  }
}

/** Lets everything that is due now happen. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 20; i += 1) await Promise.resolve();
}
