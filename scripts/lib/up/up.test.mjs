import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { test } from 'node:test';
import { addressOf, nodesOf, optionsOf } from './options.mjs';
import { objectionsTo } from './ports.mjs';

test('without options there are three nodes and an entry gateway on loopback', () => {
  const nodes = nodesOf(optionsOf([], {}));
  assert.deepEqual(
    nodes.map(({ name, ports }) => [name, ...ports.map(({ port }) => port)]),
    [
      ['node-1', 4601, 4701],
      ['node-2', 4602, 4702],
      ['node-3', 4603, 4703],
      ['entry', 4600, 8067],
    ],
  );
});

test('an argument wins over the environment, which wins over the default', () => {
  const environment = { A67_PORT: '3100', A67_CONTROL_BASE: '5600' };
  const options = optionsOf(['--port', '3200'], environment);
  assert.equal(options.port, 3200);
  assert.equal(options.controlBase, 5600);
});

test('nonsense is refused with the name of the option', () => {
  assert.throws(() => optionsOf(['--nodes', '10'], {}), /--nodes must be a number from 1 to 9/);
  assert.throws(() => optionsOf(['--port', '3e3'], {}), /--port/);
  assert.throws(() => optionsOf(['--colour'], {}), /--colour/);
});

test('the address carries the claim codes in its fragment, and nothing when all are claimed', () => {
  const claims = [{ url: 'http://127.0.0.1:4601', code: 'ABCD-EFGH' }];
  const { hash, origin } = new URL(addressOf(3000, claims));
  assert.equal(origin, 'http://localhost:3000');
  const decoded = Buffer.from(hash.replace('#claim=', ''), 'base64url').toString();
  assert.deepEqual(JSON.parse(decoded), claims);
  assert.equal(addressOf(3000, []), 'http://localhost:3000/');
});

test('a taken port is told with its holder and the option that moves us away', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  const [objection] = await objectionsTo([{ port, option: '--port' }]);
  server.close();
  assert.match(
    objection,
    new RegExp(`port ${port} is taken by pid ${process.pid} \\(.*node.*--port`),
  );
});

test('ports that do not exist, or are asked for twice, are told', async () => {
  const [beyond] = await objectionsTo([{ port: 65536, option: '--control-base' }]);
  assert.match(beyond, /does not exist/);
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  const [twice] = await objectionsTo([
    { port, option: '--port' },
    { port, option: '--entry-port' },
  ]);
  assert.match(twice, /twice/);
});
