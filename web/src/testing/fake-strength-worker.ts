// Rates by length alone, at once: what the meter does with an estimate is under test, not the
// estimate.
import { vi } from 'vitest';
import type { StrengthAnswer, StrengthQuestion } from '../features/vault/strength';

export class FakeStrengthWorker {
  onmessage: ((event: { data: StrengthAnswer }) => void) | null = null;
  onerror: (() => void) | null = null;

  postMessage({ id, text }: StrengthQuestion): void {
    const score = Math.min(4, Math.floor(text.length / 5)) as 0 | 1 | 2 | 3 | 4;
    void Promise.resolve().then(() =>
      this.onmessage?.({ data: { id, strength: { score, time: '3 years', advice: '' } } }),
    );
  }

  terminate(): void {
    this.onmessage = null;
  }
}

export function useFakeStrength(): void {
  vi.stubGlobal('Worker', FakeStrengthWorker);
}
