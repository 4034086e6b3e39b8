// A steady load of GET requests over keep-alive connections; every answer that is not 200 counts as failed.
import { Agent, get } from 'node:http';

export type LoadResult = {
  sent: number;
  failed: number;
  faults: string[];
  replicas: Map<string, number>;
};

const FAULTS_KEPT = 20;

export class Load {
  readonly result: LoadResult = { sent: 0, failed: 0, faults: [], replicas: new Map() };
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 64 });
  readonly #timer: NodeJS.Timeout;
  readonly #open = new Set<Promise<void>>();

  constructor(
    private readonly url: string,
    perSecond: number,
  ) {
    // By the clock, not by the tick: a late tick sends what was missed.
    const begin = performance.now();
    this.#timer = setInterval(() => {
      const due = ((performance.now() - begin) / 1000) * perSecond;
      while (this.result.sent < due) this.#send();
    }, 5);
  }

  // Resolves when at least `count` requests were sent.
  async sent(count: number): Promise<void> {
    while (this.result.sent < count) await Promise.race([...this.#open, new Promise(setImmediate)]);
  }

  async stop(): Promise<LoadResult> {
    clearInterval(this.#timer);
    await Promise.all(this.#open);
    this.#agent.destroy();
    return this.result;
  }

  #fault(text: string): void {
    this.result.failed += 1;
    if (this.result.faults.length < FAULTS_KEPT) this.result.faults.push(text);
  }

  #send(): void {
    this.result.sent += 1;
    const request = new Promise<void>((done) => {
      get(this.url, { agent: this.#agent }, (response) => {
        let body = '';
        response.on('data', (data: Buffer) => (body += data.toString()));
        response.on('error', (error) => {
          this.#fault(`answer: ${error.message}`);
          done();
        });
        response.on('end', () => {
          if (response.statusCode !== 200)
            this.#fault(`${response.statusCode}: ${body.slice(0, 200)}`);
          done();
        });
      }).on('error', (error) => {
        this.#fault(`request: ${error.message}`);
        done();
      });
    });
    this.#open.add(request);
    void request.then(() => this.#open.delete(request));
  }
}
