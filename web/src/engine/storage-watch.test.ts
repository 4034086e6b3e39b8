import { EngineError } from '@automator67/worker';
import { expect, test } from 'vitest';
import { createStorageWatch, shareOf } from './storage-watch';

const report = (usedBytes: number) => ({
  usedBytes,
  quotaBytes: 100,
  persisted: false,
  archives: { count: 0, bytes: 0 },
});

test('a write refused for want of room is remembered until there is room again', async () => {
  let used = 95;
  const watch = createStorageWatch(() => Promise.resolve(report(used)));
  watch.note(new EngineError({ code: 'invalid_input', message: 'No.' }));
  expect(watch.snapshot().refused).toBe(false);
  watch.note(new EngineError({ code: 'disk_full', message: 'No room.' }));
  expect(watch.snapshot().refused).toBe(true);
  await watch.refresh();
  expect(watch.snapshot().refused).toBe(true);
  used = 20;
  await watch.refresh();
  expect(watch.snapshot()).toEqual({ report: report(20), refused: false });
});

test('a browser that does not tell how full it is is asked in vain, and no harm is done', async () => {
  const watch = createStorageWatch(() => Promise.reject(new Error('no')));
  await watch.refresh();
  expect(watch.snapshot()).toEqual({ report: null, refused: false });
});

test('without a quota nothing is full', () => {
  expect(shareOf({ ...report(10), quotaBytes: 0 })).toBe(0);
});
