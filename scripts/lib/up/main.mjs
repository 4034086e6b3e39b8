// The supervisor of scripts/up: checks the ports, starts nodes and page, prints the address, stops everything.
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { NodeProcess } from './node-process.mjs';
import { addressOf, nodesOf, optionsOf } from './options.mjs';
import { objectionsTo } from './ports.mjs';

const PROGRAM = resolve(
  process.env.A67_NODE_PROGRAM ?? 'build/native-release/node-wrapper/automator67-node',
);
const PAGE = resolve('web/dist');

const say = (text) => console.error(`up: ${text}`);

function quit(text) {
  say(text);
  process.exit(1);
}

const quoted = (words) =>
  words
    .map((word) => (/^[\w./:=-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`))
    .join(' ');

function prepare(options, descriptions) {
  if (!existsSync(PROGRAM)) quit(`${PROGRAM} is not built. Run scripts/up without --no-build.`);
  if (!existsSync(`${PAGE}/index.html`))
    quit(`${PAGE} is not built. Run scripts/up without --no-build.`);
  if (options.fresh) rmSync(`${options.dataDir}/nodes`, { recursive: true, force: true });
  mkdirSync(`${options.dataDir}/logs`, { recursive: true, mode: 0o700 });
  for (const { dataDir } of descriptions) mkdirSync(dataDir, { recursive: true, mode: 0o700 });
}

async function startPage(port) {
  // Only here: the checks before must run in a clone that has no npm packages yet.
  const { pageServer } = await import('../../serve-page.mjs');
  return new Promise((done, fail) => {
    const server = pageServer(PAGE);
    server.once('error', fail);
    server.listen(port, '127.0.0.1', () => done(server));
  });
}

async function run(options) {
  const descriptions = nodesOf(options);
  prepare(options, descriptions);
  const nodes = descriptions.map((description) => new NodeProcess(PROGRAM, description));
  let page = null;
  let stopping = null;
  const stop = (code) => {
    stopping ??= (async () => {
      page?.close();
      page?.closeAllConnections();
      await Promise.all(nodes.map((node) => node.stop()));
      process.exit(code);
    })();
    return stopping;
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      if (stopping === null) say('stopping');
      void stop(0);
    });
  }
  const onDeath = (node) => (reason) =>
    say(
      `${node.name} ended (${reason}); the others go on. Start it again: ${quoted(node.command)}`,
    );
  try {
    await Promise.all(nodes.map((node) => node.start(onDeath(node))));
    page = await startPage(options.port);
  } catch (error) {
    if (stopping !== null) return;
    say(error.message);
    await stop(1);
  }
  page.on('error', (error) => {
    say(`the page ended (${error.message})`);
    void stop(1);
  });
  const unclaimed = nodes.flatMap((node) => {
    const code = node.claimCode();
    return code === null ? [] : [{ url: node.description.controlUrl, code }];
  });
  say(
    `${options.nodes} nodes and the entry gateway (http://127.0.0.1:${options.entryPort}) run; logs in ${options.dataDir}/logs`,
  );
  say('Ctrl-C stops everything. Open:');
  console.log(addressOf(options.port, unclaimed));
}

async function main() {
  let options;
  try {
    options = optionsOf(process.argv.slice(2), process.env);
  } catch (error) {
    quit(`${error.message}\n  See scripts/up --help.`);
  }
  const wanted = nodesOf(options).flatMap((node) => node.ports);
  const objections = await objectionsTo([{ port: options.port, option: '--port' }, ...wanted]);
  if (objections.length > 0) quit(objections.join('\n    '));
  if (!options.checkOnly) await run(options);
}

await main();
