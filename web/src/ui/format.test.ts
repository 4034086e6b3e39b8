import { describe, expect, test } from 'vitest';
import {
  formatBytes,
  formatDuration,
  formatMs,
  formatPercent,
  formatRate,
  formatRelative,
  plural,
} from './format';

describe('format', () => {
  test('bytes step by 1024 and keep one digit while small', () => {
    expect(formatBytes(0)).toBe('0 B');
    expect(formatBytes(1023)).toBe('1,023 B');
    expect(formatBytes(1536)).toBe('1.5 KB');
    expect(formatBytes(512 * 1024 * 1024)).toBe('512 MB');
    expect(formatBytes(4.25 * 1024 ** 3)).toBe('4.3 GB');
  });
  test('rates tell little from nothing', () => {
    expect(formatRate(0)).toBe('0');
    expect(formatRate(0.04)).toBe('<0.1');
    expect(formatRate(3.14)).toBe('3.1');
    expect(formatRate(214.6)).toBe('215');
    expect(formatRate(12_400)).toBe('12.4K');
  });
  test('milliseconds become seconds when long', () => {
    expect(formatMs(0.42)).toBe('0.42 ms');
    expect(formatMs(8.94)).toBe('8.9 ms');
    expect(formatMs(412.3)).toBe('412 ms');
    expect(formatMs(2340)).toBe('2.3 s');
  });
  test('percent and durations', () => {
    expect(formatPercent(7.44)).toBe('7.4%');
    expect(formatPercent(63.6)).toBe('64%');
    expect(formatDuration(42_400)).toBe('42 s');
    expect(formatDuration(125_000)).toBe('2 min 5 s');
    expect(formatDuration(-5)).toBe('0 s');
  });
  test('relative times, also ahead', () => {
    const now = 1_700_000_000_000;
    expect(formatRelative(now - 2000, now)).toBe('just now');
    expect(formatRelative(now - 42_000, now)).toBe('42 seconds ago');
    expect(formatRelative(now - 3_600_000, now)).toBe('1 hour ago');
    expect(formatRelative(now + 20_000, now)).toBe('in 20 seconds');
  });
  test('plural', () => {
    expect(plural(1, 'replica')).toBe('1 replica');
    expect(plural(3, 'replica')).toBe('3 replicas');
  });
});
