// Says who holds a port before we need it.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';

function isFree(port) {
  return new Promise((answer) => {
    const probe = createServer();
    probe.once('error', () => answer(false));
    probe.listen({ port, host: '127.0.0.1' }, () => probe.close(() => answer(true)));
  });
}

// 'pid 42 (python3 -m http.server)', as far as this user may know.
function holderOf(port) {
  try {
    const sockets = execFileSync('ss', ['-ltnpH', `sport = :${port}`], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const pid = /pid=(\d+)/.exec(sockets)?.[1];
    if (pid === undefined) return 'a process of another user';
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').join(' ').trim();
    return `pid ${pid} (${command})`;
  } catch {
    return 'another process';
  }
}

// [{ port, option }] -> one sentence for each port we cannot have.
export async function objectionsTo(wanted) {
  const objections = [];
  const seen = new Map();
  for (const { port, option } of wanted) {
    if (port > 65535) {
      objections.push(`port ${port} does not exist. Choose a lower ${option}.`);
    } else if (seen.has(port)) {
      objections.push(
        `port ${port} is asked for twice, by ${seen.get(port)} and ${option}. Change one.`,
      );
    } else if (!(await isFree(port))) {
      objections.push(
        `port ${port} is taken by ${holderOf(port)}. Stop it, or choose another with ${option}.`,
      );
    }
    seen.set(port, option);
  }
  return objections;
}
