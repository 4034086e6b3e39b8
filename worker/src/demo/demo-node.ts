// A node that is only played: it speaks the node protocol (docs/node-protocol.md) well enough for every page,
// and runs nothing. Orders are believed without a look at their token: nobody else can reach it.
import type { DemoClock } from './demo-cloud';
import { loadOf, logLineOf, ratesOf, START_LINES } from './demo-figures';

export type DemoFacts = { id: string; name: string; role: 'worker' | 'gateway'; cpus: number };

type Wanted = {
  id: string;
  app: string;
  release: string;
  generation: number;
  source: { kind: string; sha256?: string };
};
type Desired = {
  epoch: number;
  revision: number;
  replicas: Wanted[];
  routes?: { apps?: { name: string; replicas: { id: string; node: string }[] }[] };
};
type State = 'waiting' | 'fetching' | 'unpacking' | 'starting' | 'ready' | 'backoff' | 'stopping';
type Replica = Wanted & {
  state: State;
  /** When it goes on to the next state, monotonic. */
  until: number;
  restarts: number;
  startedAt: number;
  requests: number;
  lines: LogLine[];
};
type LogLine = { replica: string; seq: number; at: number; stream: string; text: string };
export type DemoAnswer = { status: number; body: unknown };

const NEXT: Partial<Record<State, { state: State; ms: number }>> = {
  fetching: { state: 'unpacking', ms: 400 },
  unpacking: { state: 'starting', ms: 700 },
  starting: { state: 'ready', ms: 900 },
  backoff: { state: 'starting', ms: 2_500 },
};
const STOP_MS = 600;
const LINES_MAX = 500;
const GIB = 1024 ** 3;
const REASON = {
  code: 'crashed',
  message: 'The app ended by itself (exit code 1). It is started again.',
  hint: 'Its last lines say more.',
  lines: ['Error: the demo crashed on purpose'],
};

export class DemoNode {
  readonly facts: DemoFacts;
  private readonly clock: DemoClock;
  private claimed = false;
  private desired: Desired = { epoch: 0, revision: 0, replicas: [] };
  private readonly replicas = new Map<string, Replica>();
  private readonly archives = new Set<string>();
  private readonly watchers = new Set<() => void>();
  private readonly readers = new Set<(line: LogLine) => void>();
  private seq = 0;
  private lineSeq = 0;

  constructor(facts: DemoFacts, clock: DemoClock) {
    this.facts = facts;
    this.clock = clock;
  }

  get gatewayUrl(): string {
    return `https://${this.facts.name}.invalid:4701`;
  }

  answer(method: string, path: string, body: string): DemoAnswer {
    const { id, name, role } = this.facts;
    const now = this.clock.unixMs();
    switch (`${method} ${path.replace(/^(\/v1\/releases\/).*/, '$1')}`) {
      case 'GET /v1/hello':
        return ok({
          product: 'automator67-node',
          protocol: 1,
          nodeId: id,
          name,
          role,
          version: '0.1.0',
          claimed: this.claimed,
          now,
        });
      case 'POST /v1/claim':
        this.claimed = true;
        return ok({ nodeId: id, name, role, gatewayUrl: this.gatewayUrl, now });
      case 'POST /v1/unclaim':
        this.claimed = false;
        this.replicas.clear();
        return ok({});
      case 'GET /v1/status':
        return ok(this.status());
      case 'PUT /v1/desired':
        return this.accept(JSON.parse(body) as Desired);
      case 'PUT /v1/releases/': {
        const sha256 = path.slice('/v1/releases/'.length);
        this.archives.add(sha256);
        this.changed();
        return ok({ sha256, bytes: 0 });
      }
      default:
        return { status: 404, body: { error: { code: 'not_found', message: 'No such thing.' } } };
    }
  }

  /** Called a few times a second: replicas get on, and now and then something happens to them. */
  tick(): void {
    const now = this.clock.now();
    let moved = false;
    for (const replica of [...this.replicas.values()]) {
      if (replica.state === 'waiting' && this.has(replica)) {
        this.enter(replica, 'unpacking');
        moved = true;
      }
      if (replica.state === 'ready') replica.requests += 1;
      const next = NEXT[replica.state];
      if (now < replica.until) continue;
      if (replica.state === 'stopping') {
        this.replicas.delete(replica.id);
        moved = true;
      } else if (next !== undefined) {
        this.enter(replica, next.state);
        moved = true;
      }
    }
    if (moved) this.changed();
  }

  /** Once a second or so: apps that run say something. */
  speak(): void {
    for (const replica of this.replicas.values()) {
      if (replica.state === 'ready') this.say(replica, 'stdout', logLineOf(this.lineSeq));
    }
  }

  /** One replica ends by itself and is started again, as a node would do it. */
  crashOne(): boolean {
    const victim = [...this.replicas.values()].find(({ state }) => state === 'ready');
    if (victim === undefined) return false;
    this.say(victim, 'stderr', 'Error: the demo crashed on purpose');
    victim.restarts += 1;
    this.enter(victim, 'backoff');
    this.changed();
    return true;
  }

  /** Calls with each new status, the first at once; returns what ends that. */
  watch(onStatus: (status: unknown) => void): () => void {
    const tell = (): void => {
      onStatus(this.status());
    };
    this.watchers.add(tell);
    tell();
    return () => this.watchers.delete(tell);
  }

  /** Tells every watcher how things are. */
  changed(): void {
    for (const tell of this.watchers) tell();
  }

  /** The last lines of an app here, then new ones as they come when `onLine` is given. */
  logs(app: string, replica: string | undefined, tail: number, onLine?: (line: LogLine) => void) {
    const mine = [...this.replicas.values()].filter(
      (one) => one.app === app && (replica === undefined || one.id === replica),
    );
    const lines = mine.flatMap((one) => one.lines).sort((a, b) => a.at - b.at);
    const read = (line: LogLine): void => {
      const from = this.replicas.get(line.replica);
      if (from?.app === app && (replica === undefined || from.id === replica)) onLine?.(line);
    };
    if (onLine !== undefined) this.readers.add(read);
    return {
      lines: lines.slice(lines.length - Math.min(tail, lines.length)),
      end: () => this.readers.delete(read),
    };
  }

  private has({ source }: Wanted): boolean {
    return source.kind !== 'archive' || this.archives.has(source.sha256 ?? '');
  }

  private accept(desired: Desired): DemoAnswer {
    this.desired = desired;
    const wanted = new Map(desired.replicas.map((one) => [one.id, one]));
    for (const replica of this.replicas.values()) {
      const now = wanted.get(replica.id);
      if (now === undefined) {
        if (replica.state !== 'stopping') this.enter(replica, 'stopping');
      } else if (now.generation > replica.generation) {
        replica.generation = now.generation;
        this.enter(replica, 'starting');
      }
    }
    for (const one of desired.replicas) {
      if (this.replicas.has(one.id)) continue;
      const replica: Replica = {
        ...one,
        state: 'waiting',
        until: 0,
        restarts: 0,
        startedAt: 0,
        requests: 0,
        lines: [],
      };
      this.replicas.set(one.id, replica);
      this.enter(replica, one.source.kind === 'archive' ? 'waiting' : 'fetching');
    }
    this.changed();
    return ok({ accepted: true, epoch: desired.epoch, revision: desired.revision });
  }

  private enter(replica: Replica, state: State): void {
    replica.state = state;
    const ms = state === 'stopping' ? STOP_MS : (NEXT[state]?.ms ?? 0);
    replica.until = this.clock.now() + ms;
    if (state === 'starting') for (const text of START_LINES) this.say(replica, 'system', text);
    if (state === 'ready') {
      replica.startedAt = this.clock.unixMs();
      this.say(replica, 'stdout', 'listening');
    }
  }

  private say(replica: Replica, stream: string, text: string): void {
    this.lineSeq += 1;
    const line = { replica: replica.id, seq: this.lineSeq, at: this.clock.unixMs(), stream, text };
    replica.lines.push(line);
    if (replica.lines.length > LINES_MAX) replica.lines.shift();
    for (const read of this.readers) read(line);
  }

  private status(): unknown {
    this.seq += 1;
    const { id, name, role, cpus } = this.facts;
    const replicas = [...this.replicas.values()];
    const missing = replicas.filter((one) => !this.has(one)).map((one) => one.source.sha256);
    return {
      node: {
        id,
        name,
        role,
        version: '0.1.0',
        now: this.clock.unixMs(),
        bootId: `demo-${id}`,
        os: 'Demo',
        arch: 'x86_64',
        cpus,
        memoryBytes: 8 * GIB,
        diskFreeBytes: 120 * GIB,
        limits: 'cgroup-v2',
        runtimes: ['node 22.4.0', 'python 3.12.4'],
      },
      seq: this.seq,
      gatewayUrl: this.gatewayUrl,
      epoch: this.desired.epoch,
      revision: this.desired.revision,
      load: loadOf(id, replicas.length, this.clock.now()),
      missing: [...new Set(missing)],
      replicas: replicas.map((one) => this.replicaStatus(one)),
      gateway: this.gatewayStatus(),
    };
  }

  private replicaStatus(one: Replica): unknown {
    const ready = one.state === 'ready';
    const rates = ratesOf(one.id, this.clock.now());
    return {
      id: one.id,
      app: one.app,
      release: one.release,
      state: one.state,
      reason: one.state === 'backoff' ? REASON : null,
      generation: one.generation,
      restarts: one.restarts,
      port: 40_000,
      startedAt: one.startedAt,
      cpuPercent: ready ? rates.cpuPercent : 0,
      memoryBytes: ready ? rates.memoryBytes : 0,
      diskBytes: 0,
      networkBytes: 0,
      connections: ready ? 2 : 0,
      requests: one.requests,
      errors: one.restarts,
      requestsPerSecond: ready ? rates.requestsPerSecond : 0,
      latencyMs: ready ? rates.latencyMs : 0,
      runtime: 'node 22.4.0',
      limits: 'cgroup-v2',
    };
  }

  private gatewayStatus(): unknown {
    const apps = (this.desired.routes?.apps ?? []).map(({ name, replicas }) => {
      const here = replicas.filter(({ node }) => node === this.facts.id);
      const rates = ratesOf(name, this.clock.now());
      const requests = [...this.replicas.values()]
        .filter(({ app }) => app === name)
        .reduce((sum, one) => sum + one.requests, 0);
      return {
        name,
        requests,
        errors: 0,
        requestsPerSecond: here.length * rates.requestsPerSecond,
        p50Ms: rates.latencyMs,
        p95Ms: rates.latencyMs * 2.4,
        replicas: here.map(({ id }) => ({
          id,
          requests: this.replicas.get(id)?.requests ?? 0,
          failures: 0,
          latencyMs: rates.latencyMs,
          ejected: false,
        })),
      };
    });
    const perSecond = apps.reduce((sum, app) => sum + app.requestsPerSecond, 0);
    const requests = apps.reduce((sum, app) => sum + app.requests, 0);
    return { requests, errors: 0, connections: 4, requestsPerSecond: perSecond, apps };
  }
}

function ok(body: unknown): DemoAnswer {
  return { status: 200, body };
}
