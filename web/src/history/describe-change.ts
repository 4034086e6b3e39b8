// A change in a person's words. Values come as JSON text; what is not known here is named by its field, so that
// nothing that was changed is left out.
import type { FieldDiff, HistoryEntry } from '@automator67/worker';
import { formatExact, plural } from '../ui/format';

/** `app/guestbook` -> `app`. */
export function kindOf(entity: string): string {
  return entity.split('/')[0] ?? entity;
}

/** `app/guestbook` -> `guestbook`. */
export function nameOf(entity: string): string {
  return entity.includes('/') ? entity.slice(entity.indexOf('/') + 1) : entity;
}

export function describeChange(entity: string, entry: HistoryEntry): string[] {
  const kind = kindOf(entity);
  if (entry.deleted) return ['Removed'];
  const words =
    kind === 'app'
      ? ofApp(entry.fields)
      : kind === 'settings'
        ? entry.fields.map(ofSettings)
        : ofSecret(entry.fields);
  return words.length > 0 ? words : ['Changed'];
}

/**
 * A secret that was sealed anew has the value it had, and the key it was sealed under before is gone. One that was
 * added is removed instead, which says what it does.
 */
export function canUndo(entity: string, entry: HistoryEntry): boolean {
  if (!entry.undoable || kindOf(entity) !== 'secret' || entry.deleted) return entry.undoable;
  return !isNew(entry.fields) && !entry.fields.every((one) => one.field === 'sealed');
}

/** What the same change looks like when it is taken back. */
export function describeUndo(entity: string, entry: HistoryEntry): string[] {
  if (entry.deleted) return [`${nameOf(entity)} comes back as it was`];
  if (entry.fields.some((one) => one.secret)) return ['The value before this change comes back'];
  const fields = entry.fields
    .filter((one) => !isNothing(parse(one.before)))
    .map((one) => ({ ...one, before: one.after, after: one.before }));
  return describeChange(entity, { ...entry, fields });
}

function parse(text: string | undefined): unknown {
  if (text === undefined) return null;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function isNothing(value: unknown): boolean {
  return value === null || value === '';
}

function asText(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function turn(label: string, one: FieldDiff, show: (value: unknown) => string = asText): string {
  const before = parse(one.before);
  const after = parse(one.after);
  if (isNothing(before)) return isNothing(after) ? `${label} changed` : `${label}: ${show(after)}`;
  return isNothing(after) ? `${label} taken away` : `${label} ${show(before)} → ${show(after)}`;
}

function isNew(fields: readonly FieldDiff[]): boolean {
  return fields.some((one) => one.field === 'createdAt' && isNothing(parse(one.before)));
}

// ---- apps

function ofApp(fields: readonly FieldDiff[]): string[] {
  const at = (name: string) => fields.find((one) => one.field === name);
  const wanted = at('wanted');
  const stopped = at('stopped');
  const serving = at('serving');
  const words: string[] = [];
  if (wanted && stopped && isNothing(parse(wanted.before)) && isNothing(parse(stopped.before))) {
    words.push(`Created with ${plural(Number(parse(wanted.after)), 'replica')}`);
  } else {
    if (stopped) words.push(parse(stopped.after) === true ? 'Stopped' : 'Started again');
    if (wanted) words.push(turn('Replicas', wanted));
  }
  if (serving && !isNothing(parse(serving.after))) {
    words.push(turn(isNothing(parse(serving.before)) ? 'First release' : 'Release', serving));
  }
  return words;
}

// ---- settings

const WEIGHTS: Record<string, string> = {
  cpu: 'CPU',
  memory: 'memory',
  latency: 'latency',
  connections: 'connections',
  history: 'history',
};

function ofSettings(one: FieldDiff): string {
  if (one.field === 'heartbeatSeconds') {
    return turn('Heartbeat', one, (value) => `${asText(value)} s`);
  }
  if (one.field === 'weights') return ofWeights(one);
  return turn(one.field, one);
}

function weightsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function ofWeights(one: FieldDiff): string {
  const before = weightsOf(parse(one.before));
  const after = weightsOf(parse(one.after));
  const changed = Object.keys(after).filter((key) => before[key] !== after[key]);
  const parts = changed.map((key) => {
    const now = `${asText(after[key])}%`;
    const was = before[key] === undefined ? '' : `${asText(before[key])}% → `;
    return `${WEIGHTS[key] ?? key} ${was}${now}`;
  });
  return `Balance weights: ${parts.join(', ')}`;
}

// ---- secrets

function ofSecret(fields: readonly FieldDiff[]): string[] {
  if (isNew(fields)) return ['Added'];
  return fields.flatMap((one) => {
    switch (one.field) {
      case 'sealed':
        // The same version sealed anew is a key rotation; the value is what it was.
        return [
          fields.some(({ field }) => field === 'changedAt') ? 'Value replaced' : 'Sealed anew',
        ];
      case 'version':
      case 'changedAt':
      case 'createdAt':
        return [];
      case 'note':
        return [turn('Note', one, (value) => `“${asText(value)}”`)];
      case 'expiresAt':
        return [turn('Expiry', withoutZero(one), (value) => formatExact(Number(value)))];
      case 'rotateDays':
        return [turn('Reminder', withoutZero(one), (value) => `${asText(value)} days`)];
      default:
        return [turn(one.field, one)];
    }
  });
}

/** 0 stands for never. */
function withoutZero(one: FieldDiff): FieldDiff {
  const { before, after, ...rest } = one;
  return {
    ...rest,
    ...(before !== undefined && before !== '0' && { before }),
    ...(after !== undefined && after !== '0' && { after }),
  };
}
