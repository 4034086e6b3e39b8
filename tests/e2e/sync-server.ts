// The person's own sync server, as a process with a folder of its own.
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { freePorts, ROOT } from './cloud.ts';

export const SYNC_PROGRAM = resolve(
  ROOT,
  process.env.A67_SYNC_PROGRAM ?? 'build/native-release/sync-server/automator67-sync',
);

export class SyncServer {
  log = '';

  private constructor(
    private readonly child: ChildProcess,
    readonly port: number,
    readonly dataDir: string,
  ) {}

  /** As this machine opens it. */
  get url(): string {
    return `http://localhost:${this.port}/`;
  }

  /** `hosts`: names it answers to besides those of this machine. */
  static async start(env: NodeJS.ProcessEnv = {}, hosts: string[] = []): Promise<SyncServer> {
    const port = await freePorts(1);
    const dataDir = await mkdtemp(join(tmpdir(), 'a67-sync-'));
    const child = spawn(
      SYNC_PROGRAM,
      [
        ['--listen', `127.0.0.1:${port}`],
        ['--data-dir', dataDir],
        ['--page', join(ROOT, 'web/dist')],
        ['--name', 'attic-server'],
        ...hosts.map((host) => ['--host-name', host]),
      ].flat(),
      { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } },
    );
    const server = new SyncServer(child, port, dataDir);
    child.stderr.on('data', (data: Buffer) => (server.log += data.toString()));
    return new Promise((done, fail) => {
      child.once('error', fail);
      child.once('exit', (code) => fail(new Error(`automator67-sync ended (${code})`)));
      child.stdout.once('data', () => done(server));
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

  /** Its exit code. */
  async stop(): Promise<number | null> {
    const ended = new Promise<number | null>((done) => this.child.once('exit', done));
    this.child.kill('SIGTERM');
    const code = await ended;
    await rm(this.dataDir, { recursive: true, force: true });
    return code;
  }
}
