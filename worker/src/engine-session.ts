// The leader's engine: one worker from its start to its end, told as states the tabs understand.
import type { EngineError } from './errors';
import { engineCrashed, hostError } from './errors';
import { PROTOCOL } from './generated/contract';
import type { Answer, EventMessage, ToPage, ToWorker } from './protocol';

export type WorkerPort = {
  postMessage(message: ToWorker): void;
  terminate(): void;
  onmessage: ((event: MessageEvent<ToPage>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
};

export type SessionDoors = {
  makeWorker: () => WorkerPort;
  onReady: () => void;
  onCrash: (error: EngineError) => void;
  onMessage: (message: Answer | EventMessage) => void;
};

export function protocolMismatch(theirs: number): EngineError {
  return hostError(
    'conflict',
    `This page speaks protocol ${PROTOCOL} and the engine speaks ${theirs}: they come from different versions.`,
    'Close the other tabs of Automator67 and reload this one.',
  );
}

export class EngineSession {
  private readonly doors: SessionDoors;
  private readonly worker: WorkerPort;
  private ended = false;

  constructor(doors: SessionDoors) {
    this.doors = doors;
    this.worker = doors.makeWorker();
    this.worker.onmessage = ({ data }) => {
      if (!this.ended) this.receive(data);
    };
    this.worker.onerror = (event) => {
      // Without a message it is the script that could not be loaded.
      this.crash(engineCrashed(event.message || 'its script could not be loaded'));
    };
  }

  post(message: ToWorker): void {
    if (!this.ended) this.worker.postMessage(message);
  }

  end(): void {
    this.ended = true;
    this.worker.terminate();
  }

  private receive(message: ToPage): void {
    switch (message.kind) {
      case 'hello':
        if (message.protocol !== PROTOCOL) this.crash(protocolMismatch(message.protocol));
        break;
      case 'ready':
        this.doors.onReady();
        break;
      case 'crashed':
        this.crash(engineCrashed(message.reason));
        break;
      case 'reply':
      case 'failed':
      case 'progress':
      case 'event':
        this.doors.onMessage(message);
        break;
      default:
        message satisfies never;
    }
  }

  private crash(error: EngineError): void {
    if (this.ended) return;
    this.end();
    this.doors.onCrash(error);
  }
}
