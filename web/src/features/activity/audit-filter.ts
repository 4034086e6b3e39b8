import type { AuditRecord } from '@automator67/worker';

export type OutcomeChoice = 'all' | 'done' | 'refused';

export const DONE = 'done';

export function matchesRecord(record: AuditRecord, text: string, outcome: OutcomeChoice): boolean {
  if (outcome === 'done' && record.outcome !== DONE) return false;
  if (outcome === 'refused' && record.outcome === DONE) return false;
  const wanted = text.toLowerCase();
  return [record.command, record.target, record.outcome, record.actor].some((part) =>
    part.toLowerCase().includes(wanted),
  );
}
