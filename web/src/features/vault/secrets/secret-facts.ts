// What a person may type for a secret, and how its dates read.
import type { SecretView } from '@automator67/worker';
import { formatRelative } from '../../../ui/format';

export const NAME_CHARACTERS_MAX = 64;
export const NOTE_CHARACTERS_MAX = 500;
export const ROTATE_DAYS_MAX = 3650;
/** So long before it ends it is told beside the secret. */
const SOON_MS = 14 * 86_400_000;
const NAME = /^[A-Za-z0-9_][A-Za-z0-9._-]*$/;

export function secretNameProblem(name: string, taken: readonly string[]): string | null {
  if (name === '') return 'Give the secret a name.';
  if (!NAME.test(name) || name.length > NAME_CHARACTERS_MAX) {
    return 'Use letters, digits, dots, dashes and underscores; begin with a letter, a digit or an underscore.';
  }
  return taken.includes(name) ? 'There is a secret of this name already. Edit that one.' : null;
}

export function rotateDaysProblem(text: string): string | null {
  if (text === '') return null;
  const days = Number(text);
  return Number.isInteger(days) && days >= 0 && days <= ROTATE_DAYS_MAX
    ? null
    : `Whole days, at most ${ROTATE_DAYS_MAX}.`;
}

/** The day as a date input has it, in local time. */
export function dayOf(at: number | undefined): string {
  if (!at) return '';
  const date = new Date(at);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** The beginning of a day that a date input gave; 0: never. */
export function startOfDay(day: string): number {
  const at = day === '' ? 0 : new Date(`${day}T00:00:00`).getTime();
  return Number.isFinite(at) ? at : 0;
}

export type Badge = { tone: 'bad' | 'warn'; text: string };

export function badgeOf(secret: SecretView, now: number): Badge | null {
  if (secret.expiresAt !== undefined && secret.expiresAt <= now) {
    return { tone: 'bad', text: 'Replace now' };
  }
  if (secret.due) return { tone: 'warn', text: 'Replace now' };
  if (secret.dueAt !== undefined && secret.dueAt - now < SOON_MS) {
    return { tone: 'warn', text: `Replace ${formatRelative(secret.dueAt, now)}` };
  }
  return null;
}

export function expiryWords(secret: SecretView, now: number): string | null {
  if (secret.expiresAt === undefined) return null;
  const when = formatRelative(secret.expiresAt, now);
  return secret.expiresAt <= now ? `expired ${when}` : `expires ${when}`;
}
