// The leader's engine: one worker from its start to its end, told as states the tabs understand.
import { engineCrashed, EngineError, hostError } from './errors';
import { PROTOCOL } from './generated/contract';
import type { Bytes } from './bytes';
import type { DeskAnswer, WhisperedMessage } from './keyring/desk';
import type { Answer, EventMessage, ToPage, ToWorker } from './protocol';

export type WorkerPort = {
  postMessage(message: ToWorker, transfer?: Transferable[]): void;
  terminate(): void;
  onmessage: ((event: MessageEvent<ToPage>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
};

export type SessionDoors = {
  makeWorker: () => WorkerPort;
  /** Told to the worker first of all; left out: it begins by itself. */
  workspace?: string;
  onReady: () => void;
  onCrash: (error: EngineError) => void;
  onMessage: (message: Answer | EventMessage) => void;
  onDoor: (publicKey: Bytes) => void;
  onDesk: (message: DeskAnswer | WhisperedMessage) => void;
};

/** A worker that does not say by then that its keys are wiped is ended all the same. */
export const LOCK_MS_MAX = 500;

export function protocolMismatch(theirs: number): EngineError {
  return hostError(
    'conflict',
    `This page speaks protocol ${PROTOCOL} and the engine speaks ${theirs}: they come from different versions.`,
    'Reload every tab of Automator67, the ones opened first before all.',
  );
}

export class EngineSession {
  private readonly doors: SessionDoors;
  private readonly worker: WorkerPort;
  private ended = false;
  private onLocked: (() => void) | null = null;

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
    const { workspace } = doors;
    if (workspace !== undefined) this.post({ kind: 'begin', workspace });
  }

  /** What is in `transfer` moves to the worker: no copy stays here. */
  post(message: ToWorker, transfer: Transferable[] = []): void {
    if (!this.ended) this.worker.postMessage(message, transfer);
  }

  /** Lets the worker wipe its keys, then ends it. Nothing it says from now on is heard. */
  lock(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.onLocked?.(), LOCK_MS_MAX);
      this.onLocked = () => {
        clearTimeout(timer);
        this.end();
        resolve();
      };
      this.post({ kind: 'lock' });
      if (this.ended) this.onLocked();
    });
  }

  end(): void {
    this.ended = true;
    this.worker.terminate();
  }

  private receive(message: ToPage): void {
    if (this.onLocked !== null) {
      if (message.kind === 'locked') this.onLocked();
      return;
    }
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
      case 'fatal':
        this.crash(new EngineError(message.error));
        break;
      case 'reply':
      case 'failed':
      case 'progress':
      case 'event':
        this.doors.onMessage(message);
        break;
      case 'door':
        this.doors.onDoor(message.publicKey);
        break;
      case 'desk':
      case 'desk_failed':
      case 'whispered':
        this.doors.onDesk(message);
        break;
      case 'locked':
        break;
      default:
        message satisfies never;
    }
  }

  private crash(error: EngineError): void {
    if (this.ended) return;
    this.end();
    if (this.onLocked === null) this.doors.onCrash(error);
    else this.onLocked();
  }
}
