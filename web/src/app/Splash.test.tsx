import { render } from '@testing-library/react';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { Splash } from './Splash';

/** The same elements and words, whatever the indentation. */
const outline = (html: string): string => html.replace(/\s+/g, ' ').replace(/ ?(<[^>]+>) ?/g, '$1');

test('index.html paints what the page shows first, before any script has come', () => {
  const file = readFileSync(resolve(import.meta.dirname, '../../index.html'), 'utf8');
  const painted = new DOMParser().parseFromString(file, 'text/html').getElementById('root');
  const { container } = render(<Splash />);
  expect(container.querySelector('h1')).not.toBeNull();
  expect(outline(painted?.innerHTML ?? '')).toBe(outline(container.innerHTML));
});
