// The supervisor of scripts/up: checks the ports, starts nodes and page, prints the address, stops everything.
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { ChildProgram } from './child-program.mjs';
import { addressOf, nodesOf, optionsOf, pageOf } from './options.mjs';
import { objectionsTo } from './ports.mjs';

const PROGRAM = resolve(
  process.env.A67_NODE_PROGRAM ?? 'build/native-release/node-wrapper/automator67-node',
);
const PAGE_PROGRAM = resolve(
  process.env.A67_SYNC_PROGRAM ?? 'build/native-release/sync-server/automator67-sync',
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
  for (const made of [PROGRAM, PAGE_PROGRAM, `${PAGE}/index.html`]) {
    if (!existsSync(made)) quit(`${made} is not built. Run scripts/up without --no-build.`);
  }
  if (options.fresh) rmSync(`${options.dataDir}/nodes`, { recursive: true, force: true });
  mkdirSync(`${options.dataDir}/logs`, { recursive: true, mode: 0o700 });
  for (const { dataDir } of descriptions) mkdirSync(dataDir, { recursive: true, mode: 0o700 });
}

async function run(options) {
  const descriptions = nodesOf(options);
  prepare(options, [...descriptions, pageOf(options, PAGE)]);
  const nodes = descriptions.map((description) => new ChildProgram(PROGRAM, description));
  const page = new ChildProgram(PAGE_PROGRAM, pageOf(options, PAGE));
  let stopping = null;
  const stop = (code) => {
    stopping ??= (async () => {
      await Promise.all([page, ...nodes].map((one) => one.stop()));
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
    await page.start((reason) => {
      say(`the page ended (${reason})`);
      void stop(1);
    });
  } catch (error) {
    if (stopping !== null) return;
    say(error.message);
    await stop(1);
  }
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
