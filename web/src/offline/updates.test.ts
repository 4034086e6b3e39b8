import { beforeEach, describe, expect, test, vi } from 'vitest';
import { BEGIN_MS_MAX, createUpdates } from './updates';

class FakeWorker extends EventTarget {
  state = 'installing';
  readonly said: unknown[] = [];
  postMessage(message: unknown): void {
    this.said.push(message);
  }
  become(state: string): void {
    this.state = state;
    this.dispatchEvent(new Event('statechange'));
  }
}

class FakeRegistration extends EventTarget {
  installing: FakeWorker | null = null;
  waiting: FakeWorker | null = null;
  update = vi.fn(() => Promise.resolve());
  find(): FakeWorker {
    const worker = new FakeWorker();
    this.installing = worker;
    this.dispatchEvent(new Event('updatefound'));
    this.waiting = worker;
    worker.become('installed');
    return worker;
  }
}

class FakeContainer extends EventTarget {
  registration = new FakeRegistration();
  controller: FakeWorker | null;
  constructor(controller: FakeWorker | null) {
    super();
    this.controller = controller;
  }
  register = () => Promise.resolve(this.registration);
  startMessages = () => undefined;
  change(worker: FakeWorker): void {
    this.controller = worker;
    this.dispatchEvent(new Event('controllerchange'));
  }
}

async function started(container: FakeContainer) {
  const reload = vi.fn();
  const updates = createUpdates({
    container: container as unknown as ServiceWorkerContainer,
    reload,
    script: 'https://page.test/assets/main-1.js',
  });
  await updates.start();
  return { updates, reload };
}

describe('updates of the page', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });

  test('the first visit is no update', async () => {
    const container = new FakeContainer(null);
    const { updates, reload } = await started(container);
    container.change(container.registration.find());
    expect(updates.available()).toBe(false);
    expect(reload).not.toHaveBeenCalled();
  });

  test('a new version is offered, told once, and begins only when asked for', async () => {
    const container = new FakeContainer(new FakeWorker());
    const { updates, reload } = await started(container);
    const told = vi.fn();
    updates.subscribe(told);
    const next = container.registration.find();
    expect(updates.available()).toBe(true);
    expect(told).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(BEGIN_MS_MAX * 2);
    expect(next.said).toEqual([]);
    expect(reload).not.toHaveBeenCalled();

    updates.reload();
    expect(next.said).toEqual([{ type: 'activate' }]);
    expect(reload).not.toHaveBeenCalled();
    container.change(next);
    expect(reload).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(BEGIN_MS_MAX * 2);
    expect(reload).toHaveBeenCalledTimes(1);
  });

  test('a version that was waiting before this tab was opened is offered, too', async () => {
    const container = new FakeContainer(new FakeWorker());
    container.registration.waiting = new FakeWorker();
    const { updates } = await started(container);
    expect(updates.available()).toBe(true);
  });

  test('a version begun by another tab does not reload this one', async () => {
    const container = new FakeContainer(new FakeWorker());
    const { updates, reload } = await started(container);
    container.change(new FakeWorker());
    expect(updates.available()).toBe(true);
    expect(reload).not.toHaveBeenCalled();
    updates.reload();
    expect(reload).toHaveBeenCalledTimes(1);
  });

  test('a version that does not begin is not waited for for ever', async () => {
    const container = new FakeContainer(new FakeWorker());
    const { updates, reload } = await started(container);
    container.registration.find();
    updates.reload();
    vi.advanceTimersByTime(BEGIN_MS_MAX);
    expect(reload).toHaveBeenCalledTimes(1);
  });

  test('it says which build it runs, so that its files are kept', async () => {
    const container = new FakeContainer(new FakeWorker());
    await started(container);
    const port = { postMessage: vi.fn() };
    const question = new Event('message');
    Object.assign(question, { data: { type: 'which' }, ports: [port] });
    container.dispatchEvent(question);
    expect(port.postMessage).toHaveBeenCalledWith('https://page.test/assets/main-1.js');
  });
});
