import { describe, expect, it } from 'vitest';
import { DemoCloud, demoUrlOf } from '../src/demo/demo-cloud';

type Status = { missing: string[]; replicas: { id: string; state: string; restarts: number }[] };

class Stage {
  nowMs = 0;
  readonly cloud = new DemoCloud({
    now: () => this.nowMs,
    unixMs: () => 1_700_000_000_000 + this.nowMs,
  });
  readonly node = this.first();

  private first() {
    const node = this.cloud.nodes[0];
    if (node === undefined) throw new Error('no node');
    return node;
  }
  order(replicas: unknown[]): void {
    const body = JSON.stringify({ epoch: 1, revision: 1, replicas, routes: { apps: [] } });
    expect(this.node.answer('PUT', '/v1/desired', body).status).toBe(200);
  }
  pass(ms: number): void {
    for (const end = this.nowMs + ms; this.nowMs < end; this.nowMs += 250) this.cloud.tick();
  }
  status(): Status {
    return this.node.answer('GET', '/v1/status', '').body as Status;
  }
}

const replica = (source: unknown) => ({
  id: 'site-r1-a',
  app: 'site',
  release: 'site-r1',
  generation: 1,
  source,
});

describe('the demo`s nodes', () => {
  it('bring a replica up after a moment, and take it away when it is not wanted any more', () => {
    const stage = new Stage();
    stage.order([replica({ kind: 'git', url: 'https://demo.invalid/site.git' })]);
    expect(stage.status().replicas[0]?.state).toBe('fetching');
    stage.pass(4_000);
    expect(stage.status().replicas[0]?.state).toBe('ready');
    stage.order([]);
    expect(stage.status().replicas[0]?.state).toBe('stopping');
    stage.pass(1_000);
    expect(stage.status().replicas).toEqual([]);
  });

  it('ask for an archive they do not have', () => {
    const stage = new Stage();
    stage.order([replica({ kind: 'archive', sha256: 'ab' })]);
    stage.pass(2_000);
    expect(stage.status()).toMatchObject({ missing: ['ab'], replicas: [{ state: 'waiting' }] });
    stage.node.answer('PUT', '/v1/releases/ab', '');
    stage.pass(4_000);
    expect(stage.status()).toMatchObject({ missing: [], replicas: [{ state: 'ready' }] });
  });

  it('restart what crashed', () => {
    const stage = new Stage();
    stage.order([replica({ kind: 'git' })]);
    stage.pass(4_000);
    expect(stage.node.crashOne()).toBe(true);
    expect(stage.status().replicas[0]).toMatchObject({ state: 'backoff', restarts: 1 });
    stage.pass(5_000);
    expect(stage.status().replicas[0]?.state).toBe('ready');
  });

  it('tell logs, and nobody else answers', async () => {
    const stage = new Stage();
    stage.order([replica({ kind: 'git' })]);
    stage.pass(4_000);
    const run = stage.cloud.runners();
    const chunks: unknown[] = [];
    const url = `${demoUrlOf('demo-1').replace('https', 'wss')}/v1/logs`;
    const first = JSON.stringify({ token: 't', app: 'site', tail: 10, follow: false });
    await run['stream.open']({ url, first }, new AbortController().signal, (chunk) => {
      chunks.push(chunk);
    });
    expect(JSON.stringify(chunks)).toContain('listening');
    expect(JSON.stringify(chunks.at(-1))).toContain('end');
    const elsewhere = { method: 'GET', url: 'https://example.com/', headers: [] };
    await expect(
      run['http.send'](elsewhere, new AbortController().signal, () => undefined),
    ).rejects.toMatchObject({ code: 'unreachable' });
  });
});
