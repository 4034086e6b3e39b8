// Processes of a node, found and killed the way an accident does it: at once and without a goodbye.
import { spawn, type ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { NODE_PROGRAM, type CloudNode } from './cloud.ts';

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // it ended meanwhile
  }
}

function processes(): { pid: number; parent: number; command: string; environment: string }[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => ({
      pid: Number(name),
      parent: Number(/^\d+ \(.*\) \S (\d+)/s.exec(read(`/proc/${name}/stat`))?.[1] ?? 0),
      command: read(`/proc/${name}/cmdline`).replaceAll('\0', ' '),
      environment: read(`/proc/${name}/environ`),
    }));
}

// The wrapper of a node, by its data folder.
export function wrapperOf(node: CloudNode): number {
  const found = processes().find(
    ({ command }) =>
      command.startsWith(NODE_PROGRAM) && command.includes(`--data-dir ${node.dataDir} `),
  );
  if (!found) throw new Error(`${node.name} is not running`);
  return found.pid;
}

// The wrapper and everything it started.
export function familyOf(node: CloudNode): number[] {
  const all = processes();
  const family = [wrapperOf(node)];
  for (let at = 0; at < family.length; ++at) {
    for (const { pid, parent } of all) if (parent === family[at]) family.push(pid);
  }
  return family;
}

export function killFamily(node: CloudNode): void {
  for (const pid of familyOf(node)) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // it ended with its parent
    }
  }
}

// Processes that belong to replicas of an app on a node, whoever their parent is.
export function replicasRunning(node: CloudNode, app: string): number {
  return processes().filter(
    ({ environment }) =>
      environment.includes(`A67_APP=${app}\0`) && environment.includes(`${node.dataDir}/`),
  ).length;
}

// Starts a node again the way scripts/up tells a person to.
export function startNode(node: CloudNode, args: string[] = []): ChildProcess {
  const authority = (url: string) => new URL(url).host;
  return spawn(
    NODE_PROGRAM,
    [
      ...['--name', node.name, '--data-dir', node.dataDir],
      ...['--control', authority(node.controlUrl), '--gateway', authority(node.gatewayUrl)],
      ...['--role', 'worker', ...args],
    ],
    { stdio: 'ignore' },
  );
}
