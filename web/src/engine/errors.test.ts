import { EngineError } from '@automator67/worker';
import { describe, expect, test } from 'vitest';
import { isCancelled, toErrorView } from './errors';

describe('toErrorView', () => {
  test('keeps everything an EngineError tells', () => {
    const error = new EngineError({
      code: 'build_failed',
      message: 'npm ci failed.',
      hint: 'Commit package-lock.json.',
      field: 'build',
      lines: ['npm ERR!'],
    });
    expect(toErrorView(error)).toEqual({
      code: 'build_failed',
      message: 'npm ci failed.',
      hint: 'Commit package-lock.json.',
      field: 'build',
      retryable: false,
      lines: ['npm ERR!'],
    });
  });

  test('empty parts are left out, so that no empty hint is shown', () => {
    const view = toErrorView(new EngineError({ code: 'conflict', message: 'Taken.' }));
    expect(view.hint).toBeUndefined();
    expect(view.field).toBeUndefined();
    expect(view.lines).toBeUndefined();
  });

  test('anything else becomes an internal error with a next step', () => {
    expect(toErrorView(new TypeError('x is undefined'))).toMatchObject({
      code: 'internal',
      message: 'x is undefined',
      hint: expect.stringContaining('Reload'),
    });
    expect(toErrorView(undefined).message).not.toBe('');
  });
});

test('isCancelled: an abort and the engine’s own cancel, nothing else', () => {
  expect(isCancelled(new DOMException('stopped', 'AbortError'))).toBe(true);
  expect(isCancelled(new EngineError({ code: 'cancelled', message: 'Stopped.' }))).toBe(true);
  expect(isCancelled(new EngineError({ code: 'timeout', message: 'Late.' }))).toBe(false);
});
