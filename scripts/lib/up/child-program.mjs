// One program of ours, a node wrapper or the server of the page, as a child process: started, waited for, stopped.
import { spawn } from 'node:child_process';
import { createWriteStream, existsSync, readFileSync } from 'node:fs';
import { once } from 'node:events';

const READY_MS_MAX = 20_000;
const STOP_MS_MAX = 10_000;
const LINES_SHOWN = 20;
const SETPRIV = '/usr/bin/setpriv';

export class ChildProgram {
  #child;
  #exited;
  #stopping = false;

  constructor(program, description) {
    this.name = description.name;
    this.description = description;
    this.command = [program, ...description.args];
  }

  // Resolves when the node says it is ready; rejects with a message for people. `onDeath(reason)` is called when
  // it ends later and nobody asked it to.
  async start(onDeath) {
    // Its own session, so that Ctrl-C reaches only us and we stop it in order; and if we are killed outright,
    // the kernel stops it.
    const [file, ...args] = existsSync(SETPRIV)
      ? [SETPRIV, '--pdeathsig', 'TERM', ...this.command]
      : this.command;
    const log = createWriteStream(this.description.log, { flags: 'w', mode: 0o600 });
    this.#child = spawn(file, args, { detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child.stdout.pipe(log);
    this.#child.stderr.pipe(log);
    const reasonOf = (code, signal) => (signal ? `killed by ${signal}` : `exit code ${code}`);
    this.#exited = new Promise((done) => {
      this.#child.once('exit', (code, signal) => done(reasonOf(code, signal)));
      this.#child.once('error', (error) => done(error.message));
    });
    await this.#untilReady();
    void this.#exited.then((reason) => {
      if (!this.#stopping) onDeath(reason);
    });
  }

  async #untilReady() {
    let seen = '';
    const ready = new Promise((done) => {
      this.#child.stdout.on('data', (data) => {
        if (seen.length < 65536) seen += data;
        if (/^ready /m.test(seen)) done(null);
      });
    });
    const timeout = new AbortController();
    const late = new Promise((done) => {
      const timer = setTimeout(
        () => done(`not ready after ${READY_MS_MAX / 1000} s`),
        READY_MS_MAX,
      );
      timeout.signal.addEventListener('abort', () => clearTimeout(timer));
    });
    const problem = await Promise.race([ready, this.#exited, late]);
    timeout.abort();
    if (problem !== null) {
      throw new Error(`${this.name} did not start: ${problem}\n${this.#lastLines()}`);
    }
  }

  #lastLines() {
    const { log } = this.description;
    const lines = existsSync(log) ? readFileSync(log, 'utf8').trimEnd().split('\n') : [];
    return [...lines.slice(-LINES_SHOWN).map((line) => `  ${line}`), `  (${log})`].join('\n');
  }

  // The one-time code while nobody claimed the node, else null.
  claimCode() {
    const file = `${this.description.dataDir}/claim-code`;
    return existsSync(file) ? readFileSync(file, 'utf8').trim() : null;
  }

  async stop() {
    if (this.#child?.exitCode !== null || this.#child.signalCode !== null) return;
    this.#stopping = true;
    const closed = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), STOP_MS_MAX);
    await closed;
    clearTimeout(timer);
  }
}
