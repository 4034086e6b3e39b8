// Figures and words of the played nodes. They move slowly and repeat, so that charts have something to show.
export const START_LINES = ['starting: npm start'];

const PATHS = ['GET / 200', 'GET /entries 200', 'POST /entries 201', 'GET /style.css 304'];
const MIB = 1024 ** 2;

/** A number of its own for each name, 0..1. */
function shareOf(name: string): number {
  let sum = 0;
  for (const character of name) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 997;
  return sum / 997;
}

function wave(name: string, nowMs: number, periodMs: number): number {
  return (1 + Math.sin(2 * Math.PI * (nowMs / periodMs + shareOf(name)))) / 2;
}

export function logLineOf(seq: number): string {
  return `${PATHS[seq % PATHS.length] ?? ''} ${(4 + (seq % 9)).toString()} ms`;
}

export function ratesOf(name: string, nowMs: number) {
  const high = wave(name, nowMs, 90_000);
  return {
    cpuPercent: 3 + 14 * high,
    memoryBytes: Math.round((70 + 30 * shareOf(name)) * MIB),
    requestsPerSecond: 4 + 22 * high,
    latencyMs: 3 + 9 * high,
  };
}

export function loadOf(node: string, replicas: number, nowMs: number) {
  const high = wave(node, nowMs, 60_000);
  return {
    cpuPercent: Math.min(95, 6 + 7 * replicas + 12 * high),
    memoryPercent: Math.min(95, 18 + 6 * replicas),
    connections: 3 * replicas,
    requestsPerSecond: replicas * (4 + 22 * high),
    latencyMs: 3 + 6 * high,
    successRate: 1,
  };
}
