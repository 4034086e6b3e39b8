// The machines of the fake providers: whatever a fake was told to run is really run here, with the environment it was
// given, and is reached as a person reaches it: by its https address, behind a proxy that ends TLS. The browser has to
// find the providers' names at `port` (see hostRules) and to believe the certificate.
import { spawn, type ChildProcess } from 'node:child_process';
import { cpSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { request as ask, type IncomingMessage } from 'node:http';
import { createServer, type Server } from 'node:https';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts, NODE_PROGRAM, ROOT } from './cloud.ts';
import type { FakeClouds, FakeService } from './fake-clouds.ts';
import { certificate } from './tls-edge.ts';

const LOOK_EVERY_MS = 200;
const PROVIDERS = ['render', 'railway', 'fly', 'koyeb'];
const DOMAINS = ['*.onrender.com', '*.up.railway.app', '*.fly.dev', '*.koyeb.app'];

/** For Chromium's --host-resolver-rules. */
export const hostRules = (port: number): string =>
  DOMAINS.map((domain) => `MAP ${domain} 127.0.0.1:${port}`).join(', ');

type Machine = { host: string; port: number; child: ChildProcess | null; ended: boolean };

export class ProviderMachines {
  readonly #machines = new Map<string, Machine>();
  readonly #sockets = new Set<Socket>();
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> = Promise.resolve();
  /** While true nothing new is started, as at a provider that takes its time. */
  held = false;
  log = '';

  private constructor(
    private readonly clouds: FakeClouds,
    private readonly folder: string,
    private readonly server: Server,
  ) {}

  static async start(clouds: FakeClouds, port: number): Promise<ProviderMachines> {
    const folder = await mkdtemp(join(tmpdir(), 'a67-machines-'));
    const server = createServer(certificate());
    const machines = new ProviderMachines(clouds, folder, server);
    machines.#serve();
    await new Promise<void>((done) => server.listen(port, '127.0.0.1', done));
    machines.#look();
    return machines;
  }

  #look(): void {
    this.#looking = this.#match().catch(() => {
      // The fakes are gone: the test ends.
    });
    void this.#looking.then(() => {
      this.#timer = setTimeout(() => this.#look(), LOOK_EVERY_MS);
    });
  }

  /** Starts what is new, ends what is gone. */
  async #match(): Promise<void> {
    const wanted = new Map<string, FakeService>();
    for (const provider of PROVIDERS) {
      for (const service of await this.clouds.running(provider)) {
        if (service.url !== '') wanted.set(`${provider} ${service.name}`, service);
      }
    }
    for (const [key, machine] of this.#machines) {
      if (wanted.has(key)) continue;
      this.#end(machine);
      this.#machines.delete(key);
    }
    for (const [key, service] of wanted) {
      if (!this.held && !this.#machines.has(key)) await this.#start(key, service);
    }
  }

  async #start(key: string, service: FakeService): Promise<void> {
    const port = await freePorts(1);
    const machine: Machine = {
      host: new URL(service.url).host,
      port,
      child: null,
      ended: false,
    };
    this.#machines.set(key, machine);
    const home = await mkdtemp(join(this.folder, 'home-'));
    const env = {
      ...{ PATH: process.env.PATH, HOME: home, npm_config_cache: process.env.npm_config_cache },
      ...service.env,
      PORT: String(port),
    };
    const start = (program: string, args: string[], cwd: string) => {
      machine.child = spawn(program, args, {
        cwd,
        env,
        detached: true,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      for (const stream of [machine.child.stdout, machine.child.stderr]) {
        stream?.on('data', (data: Buffer) => (this.log += `${key}: ${data.toString()}`));
      }
    };
    const { repo, root, build, start: command } = service.source;
    if (service.env.A67_CLAIM_CODE !== undefined) {
      // As the container's recipe says it.
      start(NODE_PROGRAM, ['run', '--data-dir', join(home, 'data'), '--single-port'], home);
    } else if (repo !== undefined && root && command) {
      const app = join(home, 'app');
      cpSync(join(ROOT, root), app, {
        recursive: true,
        filter: (path) => !path.includes('node_modules'),
      });
      start('/bin/sh', ['-c', `${build || 'true'} && exec ${command}`], app);
    }
  }

  #end(machine: Machine): void {
    if (machine.ended) return;
    machine.ended = true;
    try {
      // With all that it started.
      if (machine.child?.pid !== undefined) process.kill(-machine.child.pid, 'SIGTERM');
    } catch {
      // it ended by itself
    }
  }

  #machineAt(host: string | undefined): Machine | undefined {
    return [...this.#machines.values()].find((one) => one.host === host?.replace(/:\d+$/, ''));
  }

  #serve(): void {
    const onward = (from: IncomingMessage, port: number) => ({
      port,
      host: '127.0.0.1',
      method: from.method,
      path: from.url,
      headers: { ...from.headers, 'x-forwarded-proto': 'https' },
    });
    this.server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    this.server.on('request', (from, to) => {
      const machine = this.#machineAt(from.headers.host);
      const nobody = () => {
        if (!to.headersSent) to.writeHead(502, { 'content-type': 'text/html' });
        to.end('<h1>502</h1>Nothing answers here yet.');
      };
      if (!machine) return nobody();
      const upstream = ask(onward(from, machine.port), (answer) => {
        to.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(to);
      });
      upstream.on('error', nobody);
      from.pipe(upstream);
    });
    this.server.on('upgrade', (from, socket: Socket, head: Buffer) => {
      const machine = this.#machineAt(from.headers.host);
      if (!machine) return socket.destroy();
      const upstream = connect(machine.port, '127.0.0.1', () => {
        const lines = [`${from.method} ${from.url} HTTP/1.1`];
        for (let at = 0; at < from.rawHeaders.length; at += 2) {
          lines.push(`${from.rawHeaders[at]}: ${from.rawHeaders[at + 1]}`);
        }
        upstream.write(`${lines.join('\r\n')}\r\n\r\n`);
        upstream.write(head);
        upstream.pipe(socket).pipe(upstream);
      });
      upstream.on('error', () => socket.destroy());
      socket.on('error', () => upstream.destroy());
      socket.on('close', () => upstream.destroy());
    });
  }

  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#looking;
    clearTimeout(this.#timer);
    for (const machine of this.#machines.values()) this.#end(machine);
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((done) => this.server.close(done));
    await rm(this.folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }
}
