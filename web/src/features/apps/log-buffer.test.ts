import type { LogLine } from '@automator67/worker';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { asText, createLogBuffer, filterLines, LOG_LINES_MAX } from './log-buffer';

function line(seq: number, change: Partial<LogLine> = {}): LogLine {
  return {
    replica: 'a-1',
    node: 'node-1',
    seq,
    at: seq,
    stream: 'stdout',
    text: `line ${seq}`,
    ...change,
  };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('log buffer', () => {
  test('many additions make one publication', () => {
    const buffer = createLogBuffer();
    const listener = vi.fn();
    buffer.subscribe(listener);
    for (let seq = 1; seq <= 50; seq += 1) buffer.add([line(seq)]);
    expect(buffer.snapshot()).toHaveLength(0);
    vi.advanceTimersByTime(100);
    expect(listener).toHaveBeenCalledOnce();
    expect(buffer.snapshot()).toHaveLength(50);
  });

  test('it keeps the newest lines, never more than the limit', () => {
    const buffer = createLogBuffer();
    const many = Array.from({ length: LOG_LINES_MAX + 10 }, (_, i) => line(i));
    buffer.add(many);
    buffer.add([line(9_999_999)]);
    vi.advanceTimersByTime(100);
    expect(buffer.snapshot()).toHaveLength(LOG_LINES_MAX);
    expect(buffer.snapshot().at(-1)?.seq).toBe(9_999_999);
  });

  test('colours are stripped as lines come in; clear also drops what waits', () => {
    const buffer = createLogBuffer();
    buffer.add([line(1, { text: '\u001b[31mred\u001b[0m' })]);
    vi.advanceTimersByTime(100);
    expect(buffer.snapshot()[0]?.text).toBe('red');
    buffer.add([line(2)]);
    buffer.clear();
    vi.advanceTimersByTime(200);
    expect(buffer.snapshot()).toEqual([]);
  });

  test('filters by words in any case and by replica', () => {
    const lines = [line(1, { text: 'GET /' }), line(2, { replica: 'b-1', text: 'get /x' })];
    expect(filterLines(lines, { text: ' get ', replica: '' })).toHaveLength(2);
    expect(filterLines(lines, { text: 'get', replica: 'b-1' })).toEqual([lines[1]]);
    expect(filterLines(lines, { text: '', replica: '' })).toBe(lines);
  });

  test('as text, a line tells when, who and what', () => {
    expect(asText([line(1000)])).toBe('1970-01-01T00:00:01.000Z a-1 stdout line 1000');
  });
});
