// A person's own value as it is typed: text on the way in, the card's type on the way out.
import type { PolicyValue } from '@automator67/worker';
import { inForce } from './policy-facts';

export type ValueKind = 'number' | 'yes-no' | 'list' | 'text';

export const KIND_WORDS: Record<ValueKind, string> = {
  number: 'A number',
  'yes-no': 'Yes or no',
  list: 'A list',
  text: 'A text',
};

/** null: an older engine does not tell and the card has no value, so the person says what kind it is. */
export function kindOf(value: PolicyValue): ValueKind | null {
  if (value.type) return value.type === 'boolean' ? 'yes-no' : value.type;
  const one = value.value ?? value.overridden;
  if (one === undefined || one === null) return null;
  if (typeof one === 'number') return 'number';
  if (typeof one === 'boolean') return 'yes-no';
  return Array.isArray(one) ? 'list' : 'text';
}

export function typedOf(value: PolicyValue): string {
  const one = inForce(value);
  if (one === undefined || one === null) return '';
  if (typeof one === 'boolean') return one ? 'yes' : 'no';
  return Array.isArray(one) ? one.join('\n') : String(one);
}

export type Parsed = { value: unknown; problem: null } | { value: null; problem: string };

export function parseTyped(text: string, kind: ValueKind): Parsed {
  const typed = text.trim();
  if (typed === '') return { value: null, problem: 'Give a value, or cancel.' };
  if (kind === 'number') {
    const value = Number(typed);
    return Number.isFinite(value)
      ? { value, problem: null }
      : { value: null, problem: 'A number, with a point for decimals.' };
  }
  if (kind === 'yes-no') return { value: typed === 'yes', problem: null };
  if (kind === 'text') return { value: typed, problem: null };
  const value = typed.split(/[\n,]+/).map((one) => one.trim());
  return { value: value.filter((one) => one !== ''), problem: null };
}
