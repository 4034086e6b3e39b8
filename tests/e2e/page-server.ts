// The page's server by itself, so that a test can really end it, put another build in its place, or claim it.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { freePorts, ROOT } from './cloud.ts';

export const SYNC_PROGRAM = resolve(
  ROOT,
  process.env.A67_SYNC_PROGRAM ?? 'build/native-release/sync-server/automator67-sync',
);

export type PageServerOptions = {
  /** Another build of the page. */
  folder?: string;
  /** The fakes that requests to providers go to; without them nothing is forwarded. */
  forwardTo?: string;
  /** Names it answers to besides those of this machine. */
  hosts?: string[];
};

export class PageServer {
  #child: ChildProcess | null = null;
  log = '';

  private constructor(
    readonly port: number,
    readonly dataDir: string,
    private readonly options: PageServerOptions,
  ) {}

  static async start(options: PageServerOptions = {}): Promise<PageServer> {
    const dataDir = await mkdtemp(join(tmpdir(), 'a67-sync-'));
    const server = new PageServer(await freePorts(1), dataDir, options);
    await server.resume();
    return server;
  }

  get url(): string {
    return `http://localhost:${this.port}/`;
  }

  /** Serves again, on the same port; another build when a folder is given. */
  async resume(folder = this.options.folder ?? join(ROOT, 'web/dist')): Promise<void> {
    const { forwardTo, hosts = [] } = this.options;
    const child = spawn(
      SYNC_PROGRAM,
      [
        ['--listen', `127.0.0.1:${this.port}`],
        ['--data-dir', this.dataDir],
        ['--page', folder],
        ['--name', 'attic-server'],
        ...hosts.map((host) => ['--host-name', host]),
        forwardTo === undefined ? ['--no-forward'] : [],
      ].flat(),
      {
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { ...process.env, A67_FORWARD_TO: forwardTo ?? '' },
      },
    );
    this.#child = child;
    child.stderr.on('data', (data: Buffer) => (this.log += data.toString()));
    await new Promise<void>((done, fail) => {
      child.once('error', fail);
      child.once('exit', (code) =>
        fail(new Error(`automator67-sync ended (${code}):\n${this.log}`)),
      );
      child.stdout.once('data', () => done());
    });
  }

  async claimCode(): Promise<string> {
    return (await readFile(join(this.dataDir, 'claim-code'), 'utf8')).trim();
  }

  /** What it has said and kept, by where. */
  async everythingWritten(): Promise<Map<string, string>> {
    const texts = new Map([['its log', this.log]]);
    for (const name of await readdir(this.dataDir)) {
      texts.set(name, await readFile(join(this.dataDir, name), 'latin1'));
    }
    return texts;
  }

  /** Ends it at once, to be resumed. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Its exit code; null when it had ended before. */
  async stop(): Promise<number | null> {
    const code = await this.#end('SIGTERM');
    await rm(this.dataDir, { recursive: true, force: true });
    return code;
  }

  async #end(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#child;
    this.#child = null;
    if (child === null || child.exitCode !== null) return null;
    const ended = once(child, 'exit');
    child.kill(signal);
    const [code] = (await ended) as [number | null];
    return code;
  }
}
