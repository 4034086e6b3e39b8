// Web Locks, exclusive ones only, for tests: Node has none.
type Callback = (lock: Lock | null) => unknown;
type Waiting = { callback: Callback; settle: (value: unknown) => void };

export class FakeLocks {
  private readonly held = new Set<string>();
  private readonly queues = new Map<string, Waiting[]>();

  readonly request = ((name: string, ...rest: [LockOptions, Callback] | [Callback]) => {
    const callback = rest.length === 2 ? rest[1] : rest[0];
    const options = rest.length === 2 ? rest[0] : {};
    if (this.held.has(name)) {
      if (options.ifAvailable === true) return Promise.resolve(callback(null));
      return this.wait(name, callback, options.signal);
    }
    return this.hold(name, callback);
  }) as LockManager['request'];

  private async hold(name: string, callback: Callback): Promise<unknown> {
    this.held.add(name);
    try {
      return await callback({ name, mode: 'exclusive' });
    } finally {
      this.held.delete(name);
      const next = this.queues.get(name)?.shift();
      if (next !== undefined) next.settle(this.hold(name, next.callback));
    }
  }

  private wait(name: string, callback: Callback, signal?: AbortSignal): Promise<unknown> {
    return new Promise((settle, reject) => {
      const queue = this.queues.get(name) ?? [];
      this.queues.set(name, queue);
      const waiting = { callback, settle };
      queue.push(waiting);
      signal?.addEventListener('abort', () => {
        const at = queue.indexOf(waiting);
        if (at < 0) return;
        queue.splice(at, 1);
        reject(new DOMException('aborted', 'AbortError'));
      });
    });
  }
}
