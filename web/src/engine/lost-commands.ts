// Commands that were under way when the engine's tab went away. The vault locks then and takes the pages with
// it, so whoever gave the command would not hear what became of it.
import type { CommandName } from '@automator67/worker';
import { toErrorView } from './errors';

let lost = 0;

/** Queries change nothing: asking again is all there is to it. */
const QUERIES: readonly CommandName[] = [
  'vault.status',
  'engine.state',
  'app.get',
  'app.logs',
  'app.metrics',
  'activity.list',
  'settings.get',
  'node.list',
  'deploy.plan',
  'provider.list',
  'provider.probe',
  'secret.list',
  'account.list',
  'account.get',
];

export function noteLost(name: CommandName, failure: unknown): void {
  if (toErrorView(failure).code === 'outcome_unknown' && !QUERIES.includes(name)) lost += 1;
}

/** How many there were since the last time. */
export function takeLost(): number {
  const count = lost;
  lost = 0;
  return count;
}
