import { afterEach, expect, test } from 'vitest';
import { themeStore } from './theme';

afterEach(() => themeStore.set('system'));

test('theme: a choice is applied at once and remembered; system forgets it', () => {
  themeStore.set('dark');
  expect(document.documentElement).toHaveClass('dark');
  expect(localStorage.getItem('a67.theme')).toBe('dark');
  themeStore.set('light');
  expect(document.documentElement).not.toHaveClass('dark');
  themeStore.set('system');
  expect(localStorage.getItem('a67.theme')).toBeNull();
  expect(themeStore.snapshot()).toBe('system');
});
