import { describe, expect, test } from 'vitest';
import {
  EMPTY_SERVICE,
  isServiceComplete,
  nodeInput,
  pathInFolder,
  serviceInput,
} from './new-resource';

describe('serviceInput', () => {
  test('an image is sent with what was filled in, and nothing else', () => {
    const draft = {
      ...EMPTY_SERVICE,
      image: ' nginx:1.27 ',
      port: '8080',
      region: 'oslo',
      repo: 'left over',
    };
    expect(serviceInput('web', draft)).toEqual({
      name: 'web',
      source: { kind: 'image', image: 'nginx:1.27' },
      port: 8080,
      region: 'oslo',
    });
  });

  test('a repository is sent with its commands', () => {
    const draft = {
      ...EMPTY_SERVICE,
      source: 'git' as const,
      repo: 'https://git.example/a',
      root: 'examples/guestbook',
      start: 'npm start',
      port: 'x',
    };
    expect(serviceInput('web', draft)).toEqual({
      name: 'web',
      source: {
        kind: 'git',
        repo: 'https://git.example/a',
        root: 'examples/guestbook',
        start: 'npm start',
      },
    });
  });

  test('a node is its image; the engine knows the rest', () => {
    const draft = { ...EMPTY_SERVICE, image: ' me/node ', port: '1', plan: 'free', repo: 'left' };
    expect(nodeInput('n', draft)).toEqual({ name: 'n', image: 'me/node', plan: 'free' });
  });

  test('is complete with an image or a repository, as is meant', () => {
    expect(isServiceComplete(EMPTY_SERVICE)).toBe(false);
    expect(isServiceComplete({ ...EMPTY_SERVICE, image: 'a' })).toBe(true);
    expect(isServiceComplete({ ...EMPTY_SERVICE, source: 'git', image: 'a' })).toBe(false);
    expect(isServiceComplete({ ...EMPTY_SERVICE, source: 'git', repo: 'a' })).toBe(true);
  });
});

test('a file’s path is below the folder that was chosen', () => {
  expect(pathInFolder('site/img/a.png')).toBe('img/a.png');
});
