import type { ActivityView } from '@automator67/worker';

/** Both lists as one, each line once, newest first. */
export function mergeActivity(
  a: readonly ActivityView[],
  b: readonly ActivityView[],
): ActivityView[] {
  const bySeq = new Map<number, ActivityView>();
  for (const line of a) bySeq.set(line.seq, line);
  for (const line of b) bySeq.set(line.seq, line);
  return [...bySeq.values()].sort((x, y) => y.seq - x.seq);
}

/** The engine's own rule for `text`, so that live lines obey the same search. */
export function matches(
  line: ActivityView,
  text: string,
  level: ActivityView['level'] | 'all',
): boolean {
  if (level !== 'all' && line.level !== level) return false;
  if (text === '') return true;
  const wanted = text.toLowerCase();
  return [line.message, line.subject, line.kind].some((part) =>
    part.toLowerCase().includes(wanted),
  );
}
