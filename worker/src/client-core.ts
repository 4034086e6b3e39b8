// The client's memory: commands under way, commands waiting for an engine, and subscriptions.
//
// It never sends a command twice. What was sent to an engine that is gone fails as
// `outcome_unknown`; what was not sent yet waits for the next engine.
import type { CommandName, EventName, SendOptions, Status } from './client';
import { cancelled, EngineError, hostError } from './errors';
import type { Commands, Events } from './generated/contract';
import type { Answer, CancelMessage, CommandMessage, EventMessage } from './protocol';

export type Transport = (message: CommandMessage | CancelMessage) => void;

/** Commands sent and not answered, and commands waiting, together. */
export const PENDING_MAX = 256;

type Pending = {
  message: CommandMessage;
  sent: boolean;
  resolve: (body: unknown) => void;
  reject: (error: EngineError) => void;
  progress: ((body: unknown) => void) | undefined;
  release: () => void;
};

export class ClientCore {
  status: Status = 'starting';
  /** Why the status is `crashed`. */
  failure: EngineError | null = null;
  private transport: Transport | null = null;
  private nextId = 1;
  private readonly pending = new Map<number, Pending>();
  private readonly statusHandlers = new Set<(status: Status) => void>();
  private readonly eventHandlers = new Map<string, Set<(body: unknown) => void>>();

  send<K extends CommandName>(
    name: K,
    body: Commands[K]['req'],
    options: SendOptions<K> = {},
  ): Promise<Commands[K]['res']> {
    if (options.signal?.aborted === true) return Promise.reject(cancelled());
    if (this.failure !== null) return Promise.reject(this.failure);
    if (this.pending.size >= PENDING_MAX) return Promise.reject(tooMany());
    return new Promise((resolve, reject) => {
      const id = this.nextId++;
      const onAbort = (): void => {
        this.cancel(id);
      };
      options.signal?.addEventListener('abort', onAbort);
      this.pending.set(id, {
        message: { kind: 'command', id, name, body },
        sent: false,
        resolve: resolve as (body: unknown) => void,
        reject,
        progress: options.onProgress as ((body: unknown) => void) | undefined,
        release: () => options.signal?.removeEventListener('abort', onAbort),
      });
      this.flush();
    });
  }

  on<K extends EventName>(name: K, handler: (body: Events[K]) => void): () => void {
    const handlers = this.eventHandlers.get(name) ?? new Set();
    this.eventHandlers.set(name, handlers);
    handlers.add(handler as (body: unknown) => void);
    return () => {
      handlers.delete(handler as (body: unknown) => void);
    };
  }

  onStatus(handler: (status: Status) => void): () => void {
    this.statusHandlers.add(handler);
    handler(this.status);
    return () => {
      this.statusHandlers.delete(handler);
    };
  }

  /** An engine is there: sends what waited. */
  attach(transport: Transport, status: 'ready' | 'follower'): void {
    this.transport = transport;
    this.failure = null;
    this.setStatus(status);
    this.flush();
  }

  /** The engine is gone and another one is expected: what was sent fails, what waited goes on. */
  detach(error: EngineError): void {
    this.transport = null;
    this.failure = null;
    this.setStatus('starting');
    for (const [id, entry] of [...this.pending]) {
      if (entry.sent) this.finish(id, entry)?.reject(error);
    }
  }

  /** The engine was locked: everything fails, also what waited, because it was meant for the open one. */
  lockOut(error: EngineError): void {
    this.transport = null;
    this.failure = null;
    this.setStatus('starting');
    for (const [id, entry] of [...this.pending]) this.finish(id, entry)?.reject(error);
  }

  /** No engine can be expected until somebody acts: everything fails, new commands too. */
  crash(error: EngineError): void {
    this.transport = null;
    this.failure = error;
    for (const [id, entry] of [...this.pending]) {
      this.finish(id, entry)?.reject(entry.sent ? error : neverSent(error));
    }
    this.setStatus('crashed');
  }

  receive(message: Answer | EventMessage): void {
    if (message.kind === 'event') {
      for (const handler of [...(this.eventHandlers.get(message.name) ?? [])]) {
        handler(message.body);
      }
      return;
    }
    const entry = this.pending.get(message.id);
    if (entry === undefined) return;
    switch (message.kind) {
      case 'reply':
        this.finish(message.id, entry)?.resolve(message.body);
        break;
      case 'failed':
        this.finish(message.id, entry)?.reject(new EngineError(message.error));
        break;
      case 'progress':
        entry.progress?.(message.body);
        break;
      default:
        message satisfies never;
    }
  }

  private cancel(id: number): void {
    const entry = this.pending.get(id);
    if (entry === undefined) return;
    // The engine answers a cancelled command itself: only it knows how far the work had come.
    if (entry.sent) this.transport?.({ kind: 'cancel', id });
    else this.finish(id, entry)?.reject(cancelled());
  }

  private finish(id: number, entry: Pending): Pending | undefined {
    if (!this.pending.delete(id)) return undefined;
    entry.release();
    return entry;
  }

  private flush(): void {
    if (this.transport === null) return;
    for (const entry of [...this.pending.values()]) {
      if (entry.sent) continue;
      entry.sent = true;
      this.transport(entry.message);
    }
  }

  private setStatus(status: Status): void {
    if (status === this.status) return;
    this.status = status;
    for (const handler of [...this.statusHandlers]) handler(status);
  }
}

function tooMany(): EngineError {
  return hostError(
    'rate_limited',
    `${PENDING_MAX} requests are under way already.`,
    'Wait until some have been answered.',
  );
}

function neverSent(cause: EngineError): EngineError {
  return new EngineError({
    code: 'unreachable',
    message: `${cause.message} This request had not been sent; nothing was done.`,
    hint: cause.hint,
    retryable: true,
  });
}
