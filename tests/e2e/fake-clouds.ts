// The fake providers over real HTTP (tests/fakes/server.cpp), as a process.
import { spawn, type ChildProcess } from 'node:child_process';
import { resolve } from 'node:path';
import { ROOT } from './cloud.ts';

const PROGRAM = resolve(
  ROOT,
  process.env.A67_FAKE_CLOUDS ?? 'build/native-release/tests/fakes/fake_clouds',
);

export type FakeState = Record<string, { empty: boolean; fields: Record<string, string> }>;

/** What a fake was told to run, by image or from a repository. */
export type FakeService = {
  name: string;
  url: string;
  env: Record<string, string>;
  source: { image?: string; repo?: string; root?: string; build?: string; start?: string };
};

export class FakeClouds {
  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
  ) {}

  /** `cors`: whether the providers answer a web page. */
  static start(cors: 'on' | 'off' = 'on'): Promise<FakeClouds> {
    const child = spawn(PROGRAM, ['--cors', cors, '--deploy-ms', '300'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    return new Promise((done, fail) => {
      child.once('exit', (code) => fail(new Error(`fake_clouds ended (${code})`)));
      child.once('error', fail);
      child.stdout.once('data', (data: Buffer) => {
        const { url } = JSON.parse(data.toString()) as { url: string };
        done(new FakeClouds(child, url));
      });
    });
  }

  async state(): Promise<FakeState> {
    return (await (await fetch(`${this.url}/state`)).json()) as FakeState;
  }

  async running(provider: string): Promise<FakeService[]> {
    return (await (await fetch(`${this.url}/${provider}/running`)).json()) as FakeService[];
  }

  /** Of those that keep something, the ids. */
  async leftovers(): Promise<string[]> {
    return Object.entries(await this.state())
      .filter(([, { empty }]) => !empty)
      .map(([id]) => id);
  }

  /** Refuses what changes something at a provider, after so many of them, until `allow`. */
  async refuse(provider: string, how: { after: number; message: string }): Promise<void> {
    await fetch(`${this.url}/${provider}/refuse`, {
      method: 'POST',
      body: JSON.stringify({ status: 402, ...how }),
    });
  }

  async allow(provider: string): Promise<void> {
    await fetch(`${this.url}/${provider}/allow`, { method: 'POST' });
  }

  async stop(): Promise<void> {
    const ended = new Promise((done) => this.child.once('exit', done));
    this.child.kill('SIGKILL');
    await ended;
  }
}
