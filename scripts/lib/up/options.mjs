// The options of scripts/up, from arguments and environment, checked; and the processes they ask for.
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

const PORT = { min: 1, max: 65535 };
const NUMBERS = {
  port: { fallback: 3000, ...PORT },
  nodes: { fallback: 3, min: 1, max: 9 },
  'control-base': { fallback: 4600, ...PORT },
  'gateway-base': { fallback: 4700, ...PORT },
  'entry-port': { fallback: 8067, ...PORT },
};

const variableOf = (option) => `A67_${option.toUpperCase().replaceAll('-', '_')}`;

function numberOf(option, given, environment) {
  const { fallback, min, max } = NUMBERS[option];
  const text = given ?? environment[variableOf(option)] ?? String(fallback);
  const number = Number(text);
  if (!/^\d+$/.test(text) || number < min || number > max) {
    throw new Error(`--${option} must be a number from ${min} to ${max}, not '${text}'`);
  }
  return number;
}

// Throws an Error whose message is for people.
export function optionsOf(args, environment) {
  const text = { type: 'string' };
  const { values } = parseArgs({
    args,
    options: {
      ...Object.fromEntries(Object.keys(NUMBERS).map((name) => [name, text])),
      'data-dir': text,
      fresh: { type: 'boolean', default: false },
      'check-only': { type: 'boolean', default: false },
    },
  });
  const number = (name) => numberOf(name, values[name], environment);
  return {
    port: number('port'),
    nodes: number('nodes'),
    controlBase: number('control-base'),
    gatewayBase: number('gateway-base'),
    entryPort: number('entry-port'),
    dataDir: resolve(values['data-dir'] ?? environment.A67_DATA_DIR ?? '.local'),
    // For tests: more options of the node wrapper, separated by blanks.
    nodeArgs: (environment.A67_NODE_ARGS ?? '').split(' ').filter(Boolean),
    fresh: values.fresh,
    checkOnly: values['check-only'],
  };
}

// The node wrappers to run. `option` is what moves a port out of another program's way.
export function nodesOf({ nodes, controlBase, gatewayBase, entryPort, dataDir, nodeArgs = [] }) {
  const node = (name, role, control, gateway, gatewayOption) => ({
    name,
    dataDir: `${dataDir}/nodes/${name}`,
    log: `${dataDir}/logs/${name}.log`,
    controlUrl: `http://127.0.0.1:${control}`,
    ports: [
      { port: control, option: '--control-base' },
      { port: gateway, option: gatewayOption },
    ],
    args: [
      ['--name', name],
      ['--data-dir', `${dataDir}/nodes/${name}`],
      ['--control', `127.0.0.1:${control}`],
      ['--gateway', `127.0.0.1:${gateway}`],
      ['--role', role],
      nodeArgs,
    ].flat(),
  });
  const workers = Array.from({ length: nodes }, (_, index) => {
    const n = index + 1;
    return node(`node-${n}`, 'worker', controlBase + n, gatewayBase + n, '--gateway-base');
  });
  return [...workers, node('entry', 'gateway', controlBase, entryPort, '--entry-port')];
}

// The server of the page in `folder`; what it keeps is beside the nodes'.
export const pageOf = ({ port, dataDir }, folder) => ({
  name: 'page',
  dataDir: `${dataDir}/nodes/page`,
  log: `${dataDir}/logs/page.log`,
  args: [
    ['--name', 'page'],
    ['--page', folder],
    ['--listen', `127.0.0.1:${port}`],
    ['--data-dir', `${dataDir}/nodes/page`],
  ].flat(),
});

// [{ url, code }] of the unclaimed nodes -> the address to open.
export function addressOf(port, unclaimed) {
  const page = `http://localhost:${port}/`;
  if (unclaimed.length === 0) return page;
  return `${page}#claim=${Buffer.from(JSON.stringify(unclaimed)).toString('base64url')}`;
}
