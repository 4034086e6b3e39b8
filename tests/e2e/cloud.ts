// A whole cloud on this machine for one test file: the page, the nodes and the entry gateway, started by
// scripts/up on free ports, with a data folder of its own.
import { spawn, type ChildProcess } from 'node:child_process';
import { createServer } from 'node:net';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

export const ROOT = resolve(import.meta.dirname, '../..');
export const NODE_PROGRAM = resolve(
  ROOT,
  process.env.A67_NODE_PROGRAM ?? 'build/native-release/node-wrapper/automator67-node',
);
export const CLI_PROGRAM = resolve(
  ROOT,
  process.env.A67_CLI_PROGRAM ?? 'build/native-release/cli/automator67',
);

const READY_MS_MAX = 60_000;

function isFree(port: number): Promise<boolean> {
  return new Promise((done) => {
    const server = createServer();
    server.once('error', () => done(false));
    server.listen(port, '127.0.0.1', () => server.close(() => done(true)));
  });
}

// Below what nodes give to replicas and systems to connections. A range per worker: what one found free, or left
// for a while because a node was killed, another must not take.
const PORTS_FROM = 12_000;
const PORTS_PER_WORKER = 3_000;

// The first port of `count` free ones in a row.
export async function freePorts(count: number): Promise<number> {
  const from = PORTS_FROM + Number(process.env.TEST_PARALLEL_INDEX ?? 0) * PORTS_PER_WORKER;
  for (let attempt = 0; attempt < 50; ++attempt) {
    const first = from + Math.floor(Math.random() * (PORTS_PER_WORKER - count));
    const ports = Array.from({ length: count }, (_, offset) => first + offset);
    const free = await Promise.all(ports.map(isFree));
    if (free.every(Boolean)) return first;
  }
  throw new Error(`no ${count} free ports in a row`);
}

export type CloudNode = { name: string; controlUrl: string; gatewayUrl: string; dataDir: string };

export class Cloud {
  readonly nodes: CloudNode[];
  // What scripts/up printed to open: the page, with the claim codes of unclaimed nodes.
  address = '';
  #child: ChildProcess | null = null;
  #log = '';

  private constructor(
    readonly dataDir: string,
    private readonly first: number,
    count: number,
    private readonly env: NodeJS.ProcessEnv,
  ) {
    this.nodes = Array.from({ length: count }, (_, index) => ({
      name: `node-${index + 1}`,
      controlUrl: `http://127.0.0.1:${first + 2 + index}`,
      gatewayUrl: `http://127.0.0.1:${first + 12 + index}`,
      dataDir: join(dataDir, 'nodes', `node-${index + 1}`),
    }));
  }

  static async start(count = 3, env: NodeJS.ProcessEnv = {}): Promise<Cloud> {
    const folder = await mkdtemp(join(tmpdir(), 'a67-e2e-'));
    const cloud = new Cloud(folder, await freePorts(24), count, env);
    await cloud.#up();
    return cloud;
  }

  get pageUrl(): string {
    return `http://localhost:${this.first}/`;
  }
  get entryUrl(): string {
    return `http://127.0.0.1:${this.first + 11}`;
  }
  get log(): string {
    return this.#log;
  }

  #up(): Promise<void> {
    const option = (name: string, value: number | string) => [`--${name}`, String(value)];
    const child = spawn(
      join(ROOT, 'scripts/up'),
      [
        '--no-build',
        ...option('port', this.first),
        ...option('nodes', this.nodes.length),
        ...option('control-base', this.first + 1),
        ...option('gateway-base', this.first + 11),
        ...option('entry-port', this.first + 11),
        ...option('data-dir', this.dataDir),
      ],
      {
        cwd: ROOT,
        env: { ...process.env, A67_NODE_ARGS: '--allow-file-git', ...this.env },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    this.#child = child;
    return new Promise((done, fail) => {
      const late = setTimeout(
        () => fail(new Error(`scripts/up was not ready in time:\n${this.#log}`)),
        READY_MS_MAX,
      );
      child.once('exit', (code) => fail(new Error(`scripts/up ended (${code}):\n${this.#log}`)));
      child.stderr.on('data', (data: Buffer) => (this.#log += data.toString()));
      child.stdout.on('data', (data: Buffer) => {
        this.#log += data.toString();
        const address = /^http:\/\/localhost:\S+$/m.exec(this.#log);
        if (!address) return;
        clearTimeout(late);
        this.address = address[0];
        done();
      });
    });
  }

  node(name: string): CloudNode {
    const node = this.nodes.find((candidate) => candidate.name === name);
    if (!node) throw new Error(`no node ${name}`);
    return node;
  }

  async stop(): Promise<void> {
    const child = this.#child;
    if (child && child.exitCode === null && child.signalCode === null) {
      const ended = new Promise((done) => child.once('exit', done));
      child.kill('SIGINT');
      await ended;
    }
    await rm(this.dataDir, { recursive: true, force: true });
  }

  async claimCode(name: string): Promise<string> {
    return (await readFile(join(this.node(name).dataDir, 'claim-code'), 'utf8')).trim();
  }
}
