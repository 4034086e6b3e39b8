// The few messages that pop up after an action. Bounded: an old one leaves when a fifth arrives.
import type { Tone } from './states';

export type Toast = {
  id: number;
  title: string;
  detail?: string;
  tone: Tone;
  /** Runs once; the toast then goes. */
  undo?: () => void;
};

const TOASTS_MAX = 4;

let nextId = 1;
let toasts: readonly Toast[] = [];
const listeners = new Set<() => void>();

function publish(next: readonly Toast[]): void {
  toasts = next;
  for (const listener of listeners) listener();
}

export function showToast(toast: Omit<Toast, 'id' | 'tone'> & { tone?: Tone }): number {
  const id = nextId++;
  publish([...toasts, { tone: 'ok' as const, ...toast, id }].slice(-TOASTS_MAX));
  return id;
}

export function dismissToast(id: number): void {
  publish(toasts.filter((toast) => toast.id !== id));
}

export function clearToasts(): void {
  publish([]);
}

export const toastStore = {
  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
  snapshot: (): readonly Toast[] => toasts,
};
