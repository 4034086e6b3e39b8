import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { CLIPBOARD_MS, copyForAWhile } from './clipboard';

const written: string[] = [];
let refuse = false;

beforeEach(() => {
  vi.useFakeTimers();
  written.length = 0;
  refuse = false;
  vi.stubGlobal('navigator', {
    clipboard: {
      writeText: (text: string) => {
        if (refuse) return Promise.reject(new Error('not focused'));
        written.push(text);
        return Promise.resolve();
      },
    },
  });
});

afterEach(() => {
  document.dispatchEvent(new Event('copy'));
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('copyForAWhile', () => {
  test('clears the clipboard after half a minute, not before', async () => {
    await copyForAWhile('words');
    await vi.advanceTimersByTimeAsync(CLIPBOARD_MS - 1);
    expect(written).toEqual(['words']);
    await vi.advanceTimersByTimeAsync(1);
    expect(written).toEqual(['words', '']);
  });

  test('leaves alone what was copied since', async () => {
    await copyForAWhile('words');
    document.dispatchEvent(new Event('copy'));
    await vi.advanceTimersByTimeAsync(CLIPBOARD_MS);
    expect(written).toEqual(['words']);
  });

  test('refused without the focus, it clears as soon as the window has it again', async () => {
    await copyForAWhile('words');
    refuse = true;
    await vi.advanceTimersByTimeAsync(CLIPBOARD_MS);
    refuse = false;
    window.dispatchEvent(new Event('focus'));
    await vi.advanceTimersByTimeAsync(0);
    expect(written).toEqual(['words', '']);
  });

  test('a second copy has its own half minute', async () => {
    await copyForAWhile('one');
    await vi.advanceTimersByTimeAsync(CLIPBOARD_MS - 10);
    await copyForAWhile('two');
    await vi.advanceTimersByTimeAsync(20);
    expect(written).toEqual(['one', 'two']);
  });
});
