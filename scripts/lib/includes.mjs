// Says which includes break the rule "arrows only point down":
//   hosts -> api -> (deploy sql objects ...) -> (fleet balance providers ...) -> ports -> base
// and which engine files reach for the outside world, or for a header that costs the page too many bytes.
// Pure: texts in, findings out. scripts/check-includes feeds it and prints.

const HOSTS = ['node-wrapper', 'cli', 'worker', 'sync-server'];

// What a host takes from another: the sync server is claimed and ordered as a node is.
const SHARED_BY_HOSTS = [['sync-server', 'node-wrapper/control/']];

// The floors of the engine, lowest first. A room may include lower floors and itself.
const FLOORS = [
  ['base'],
  ['ports'],
  ['fleet', 'balance', 'providers', 'vault', 'state'],
  ['deploy', 'sql', 'objects', 'observe', 'access', 'extend'],
  ['api'],
];

// Rooms of one floor may not include each other, except from -> to:
const NEIGHBOURS = [
  ['state', 'fleet'], // stored records hold what a node was told, in the node protocol's own types
];

// Adapters of the ports for programs outside the browser: above the engine's rules, below the hosts.
const NATIVE = 'native';
// (`vault` for the arithmetic of unlocking, which the page's own host is built from as well.)
const NATIVE_MAY_INCLUDE = ['base', 'ports', 'vault', 'api', NATIVE];

const FORBIDDEN_HEADERS = new Map(
  Object.entries({
    format: 'costs the page about 100 kB',
    iostream: 'costs the page about 40 kB',
    sstream: 'costs the page about 40 kB',
    fstream: 'files belong to an adapter behind a port',
    filesystem: 'files belong to an adapter behind a port',
    regex: 'costs the page about 50 kB',
    thread: 'the engine has one thread and never blocks it',
  }),
);
const FORBIDDEN_WORDS = [
  [/\b(system_clock|steady_clock|high_resolution_clock)\b/, 'time comes in through the clock port'],
  [/\brandom_device\b/, 'randomness comes in through the random port'],
  [/\bemscripten(::|\/)/, 'only the worker knows the browser'],
];

const floorOf = (room) => FLOORS.findIndex((rooms) => rooms.includes(room));

// 'engine/fleet/node.h' -> { kind: 'room', room: 'fleet' }; 'cli/main.cpp' -> { kind: 'host', ... }
function placeOf(path) {
  const [top, room] = path.split('/');
  if (top === 'engine') return { kind: 'room', room };
  if (HOSTS.includes(top)) return { kind: 'host', room: top };
  return { kind: 'other', room: top };
}

function objectionToRoom(from, to) {
  if (from === to) return null;
  if (to === NATIVE) return 'only hosts include engine/native';
  if (from === NATIVE) {
    return NATIVE_MAY_INCLUDE.includes(to)
      ? null
      : `native may include ${NATIVE_MAY_INCLUDE.join(', ')} only`;
  }
  if (floorOf(from) < 0) return `engine/${from} is on no floor: add it to scripts/lib/includes.mjs`;
  if (floorOf(to) < 0) return `engine/${to} is on no floor: add it to scripts/lib/includes.mjs`;
  if (floorOf(to) < floorOf(from)) return null;
  if (floorOf(to) > floorOf(from)) return 'this arrow points up';
  if (NEIGHBOURS.some(([a, b]) => a === from && b === to)) return null;
  return `${from} and ${to} are on the same floor: move the shared part down`;
}

function objectionTo(from, target) {
  const to = placeOf(target);
  if (from.kind === 'room') {
    if (to.kind === 'host') return 'the engine never includes a host';
    if (to.kind === 'other' && to.room === 'tests') return 'the engine never includes tests';
    return to.kind === 'room' ? objectionToRoom(from.room, to.room) : null;
  }
  if (from.kind === 'host' && to.kind === 'host' && from.room !== to.room) {
    const shared = SHARED_BY_HOSTS.some(([host, folder]) => {
      return host === from.room && target.startsWith(folder);
    });
    return shared ? null : 'hosts do not include each other';
  }
  return null;
}

// A quoted include names a path from the root of the repository, or one beside the including file.
function targetOf(file, name) {
  const beside = `${file.slice(0, file.lastIndexOf('/') + 1)}${name}`;
  return ['engine', 'tests', ...HOSTS].includes(name.split('/')[0]) ? name : normalise(beside);
}

function normalise(path) {
  const parts = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.') parts.push(part);
  }
  return parts.join('/');
}

const isPureEngine = (file) => file.startsWith('engine/') && !file.startsWith(`engine/${NATIVE}/`);
const withoutComment = (line) => line.replace(/\/\/.*$/, '');

// findingsIn('engine/base/x.h', text) -> [{ line, text, why }]
export function findingsIn(file, text) {
  const from = placeOf(file);
  const findings = [];
  text.split('\n').forEach((raw, index) => {
    const note = (why) => findings.push({ line: index + 1, text: raw.trim(), why });
    const include = /^\s*#\s*include\s*(["<])([^">]+)[">]/.exec(raw);
    if (include) {
      const [, bracket, name] = include;
      if (bracket === '"') {
        const why = objectionTo(from, targetOf(file, name));
        if (why) note(why);
      } else if (isPureEngine(file) && FORBIDDEN_HEADERS.has(name)) {
        note(FORBIDDEN_HEADERS.get(name));
      }
    }
    if (!isPureEngine(file)) return;
    for (const [word, why] of FORBIDDEN_WORDS) {
      if (word.test(withoutComment(raw))) note(why);
    }
  });
  return findings;
}
