// The page's server by itself, so that a test can really end it, or put another build in its place.
import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { freePorts, ROOT } from './cloud.ts';

export class PageServer {
  #child: ChildProcess | null = null;

  private constructor(
    readonly port: number,
    private readonly env: NodeJS.ProcessEnv,
  ) {}

  static async start(folder?: string, env: NodeJS.ProcessEnv = {}): Promise<PageServer> {
    const server = new PageServer(await freePorts(1), env);
    await server.resume(folder);
    return server;
  }

  get url(): string {
    return `http://localhost:${this.port}/`;
  }

  /** Serves again, on the same port; another build when a folder is given. */
  resume(folder = join(ROOT, 'web/dist')): Promise<void> {
    const child = spawn(
      process.execPath,
      [join(ROOT, 'scripts/serve-page.mjs'), '--port', String(this.port), '--folder', folder],
      { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, ...this.env } },
    );
    this.#child = child;
    return new Promise((done, fail) => {
      child.once('exit', (code) => fail(new Error(`scripts/serve-page.mjs ended (${code})`)));
      child.stdout.once('data', () => done());
    });
  }

  async stop(): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child === null || child.exitCode !== null) return;
    const ended = new Promise((done) => child.once('exit', done));
    child.kill('SIGKILL');
    await ended;
  }
}
