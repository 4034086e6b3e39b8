import { expect, test } from 'vitest';
import { asRollout, cancelRollout } from './running-rollouts';

test('running rollouts: one that goes on can be cancelled, one that ended cannot', async () => {
  let seen: AbortSignal | undefined;
  const order = asRollout('shop', (signal) => {
    seen = signal;
    return new Promise<string>((resolve) => {
      signal.addEventListener('abort', () => resolve('cancelled'));
    });
  });
  expect(cancelRollout('other')).toBe(false);
  expect(cancelRollout('shop')).toBe(true);
  expect(await order).toBe('cancelled');
  expect(seen?.aborted).toBe(true);
  expect(cancelRollout('shop')).toBe(false);
});

test('running rollouts: a failed order is forgotten too', async () => {
  await expect(asRollout('shop', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(cancelRollout('shop')).toBe(false);
});
