// The read-only operations of one connected account, one after the other, each with what it needs from those before.
import { execFileSync } from 'node:child_process';

const [program, data, provider] = process.argv.slice(2);

function a67(...words) {
  const text = execFileSync(program, ['--data-dir', data, '--json', ...words], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return JSON.parse(text);
}

function tried(operation, input) {
  try {
    return { output: a67('call', provider, operation, '--input', JSON.stringify(input)).output };
  } catch (fault) {
    const told = fault.stdout ? JSON.parse(fault.stdout).error : undefined;
    return { error: told?.message ?? 'the command line failed' };
  }
}

const { account } = a67('account', provider);
const rows = [['account.verify', 'yes']];
const note = (operation, { error }, more) => rows.push([operation, error ?? more ?? 'yes']);
const has = (operation) => account.operations.includes(operation);

for (const kind of ['service', 'site', 'function', 'database', 'bucket']) {
  if (!has(`${kind}.list`)) continue;
  const listed = tried(`${kind}.list`, {});
  const all = listed.output?.[`${kind}s`] ?? [];
  note(`${kind}.list`, listed, `yes, ${all.length} there`);
  const [first] = all;
  if (first === undefined) continue;
  const input = { [kind]: first.id ?? first.name };
  if (has(`${kind}.get`)) note(`${kind}.get`, tried(`${kind}.get`, input));
  if (kind === 'service' && has('service.logs'))
    note('service.logs', tried('service.logs', { ...input, limit: 5 }));
  if (kind === 'service' && has('service.metrics')) {
    const until = Date.now();
    note(
      'service.metrics',
      tried('service.metrics', { ...input, since: until - 3_600_000, until }),
    );
  }
  if (kind === 'bucket' && has('object.list')) {
    note('object.list', tried('object.list', { bucket: first.name, limit: 5 }));
  }
  if (kind === 'database' && has('sql.query')) {
    note('sql.query', tried('sql.query', { ...input, sql: 'SELECT 1 AS one' }));
  }
}
if (has('usage.get')) note('usage.get', tried('usage.get', {}));

const width = Math.max(...rows.map(([operation]) => operation.length));
for (const [operation, told] of rows) console.log(`${operation.padEnd(width)}  ${told}`);
process.exitCode = rows.every(([, told]) => told.startsWith('yes')) ? 0 : 1;
