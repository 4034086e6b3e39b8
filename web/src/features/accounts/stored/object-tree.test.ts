import { base64urlOf } from '@automator67/worker';
import { describe, expect, test } from 'vitest';
import { crumbsOf, fileName, levelOf } from './object-tree';
import { bytesIn, documentsIn, fromBase64Url, objectsIn } from './outputs';

const OBJECTS = [
  { key: 'a.txt', size: 1 },
  { key: 'photos/', size: 0 },
  { key: 'photos/2025/old.jpg', size: 10 },
  { key: 'photos/2026/new.jpg', size: 20 },
  { key: 'photos/cover.jpg', size: 30 },
  { key: 'z//odd', size: 2 },
];

describe('a bucket as folders', () => {
  test('what is deeper is a folder, once, with all that is in it', () => {
    const top = levelOf(OBJECTS, '');
    expect(top.objects.map(({ key }) => key)).toEqual(['a.txt']);
    expect(top.folders).toEqual([
      { prefix: 'photos/', name: 'photos', count: 4, size: 60 },
      { prefix: 'z/', name: 'z', count: 1, size: 2 },
    ]);
  });

  test('the object that stands for a folder is no file in it', () => {
    const photos = levelOf(OBJECTS, 'photos/');
    expect(photos.objects.map(({ key }) => key)).toEqual(['photos/cover.jpg']);
    expect(photos.folders.map(({ name }) => name)).toEqual(['2025', '2026']);
  });

  test('a folder without a name can be gone into', () => {
    expect(levelOf(OBJECTS, 'z/').folders[0]).toMatchObject({ prefix: 'z//', name: '' });
    expect(levelOf(OBJECTS, 'z//').objects[0]?.key).toBe('z//odd');
    expect(crumbsOf('z//')).toEqual([
      { label: 'z', prefix: 'z/' },
      { label: '(no name)', prefix: 'z//' },
    ]);
  });

  test('a name is what follows the last slash', () => {
    expect(fileName('a/b/c.txt')).toBe('c.txt');
    expect(fileName('c.txt')).toBe('c.txt');
  });
});

describe('what the operations answer', () => {
  test('is read leniently', () => {
    expect(objectsIn({ objects: [{ key: 'a', size: 1, changedAt: 5 }, { key: 7 }, null] })).toEqual(
      {
        objects: [{ key: 'a', size: 1, changedAt: 5 }],
        after: null,
      },
    );
    expect(objectsIn({ objects: [], after: 'x' }).after).toBe('x');
    expect(objectsIn(null).objects).toEqual([]);
    expect(documentsIn({ documents: [{ id: 'one', value: 1 }, {}] })).toEqual([
      { id: 'one', value: 1 },
    ]);
  });

  test('bytes cross as base64url, all 256 of them and more than one call takes', () => {
    const bytes = Uint8Array.from({ length: 100_000 }, (_, at) => at % 256);
    const text = base64urlOf(bytes);
    expect(text).not.toMatch(/[+/=]/);
    expect(fromBase64Url(text)).toEqual(bytes);
    expect(bytesIn({ bytes: 'YQ' })).toEqual(Uint8Array.of(97));
    expect(bytesIn({ bytes: '?' })).toBeNull();
    expect(bytesIn({})).toBeNull();
  });
});
