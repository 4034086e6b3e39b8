import { describe, expect, test } from 'vitest';
import {
  envNameProblem,
  gitRefProblem,
  gitUrlProblem,
  hostsProblem,
  nameFrom,
  nameProblem,
  pathProblem,
  splitHosts,
} from './validate';

describe('validate', () => {
  test.each(['a', 'guestbook', 'my-app-2', '2048', 'a'.repeat(40)])('%s is an app name', (name) => {
    expect(nameProblem(name)).toBeNull();
  });
  test.each(['', '-a', 'a-', 'A', 'a_b', 'a.b', 'ä', 'a b', 'a'.repeat(41)])(
    '“%s” is no app name, and the reason is told',
    (name) => {
      expect(nameProblem(name)).toEqual(expect.any(String));
    },
  );
  test('a folder’s name becomes the nearest valid app name', () => {
    expect(nameFrom('My App (v2)')).toBe('my-app-v2');
    expect(nameFrom('guestbook.tar.gz')).toBe('guestbook');
    expect(nameFrom('repo.git')).toBe('repo');
    expect(nameFrom('--_--')).toBe('');
    expect(nameProblem(nameFrom(`${'x'.repeat(39)}-yy`))).toBeNull();
  });
  test('environment names follow the contract', () => {
    expect(envNameProblem('_PORT2')).toBeNull();
    expect(envNameProblem('2PORT')).not.toBeNull();
    expect(envNameProblem('MY-VAR')).not.toBeNull();
  });
  test('a health path begins with a slash; none is allowed', () => {
    expect(pathProblem('')).toBeNull();
    expect(pathProblem('/healthz?full=1')).toBeNull();
    expect(pathProblem('healthz')).not.toBeNull();
    expect(pathProblem('/a b')).not.toBeNull();
  });
  test('hosts are split at commas and blanks, and checked', () => {
    expect(splitHosts(' a.example.com, b.example.com\nc ')).toEqual([
      'a.example.com',
      'b.example.com',
      'c',
    ]);
    expect(hostsProblem(['a.example.com'])).toBeNull();
    expect(hostsProblem(['http://a'])).toContain('http://a');
    expect(hostsProblem(Array.from({ length: 21 }, (_, i) => `h${i}`))).not.toBeNull();
  });
  test('Git addresses and refs', () => {
    for (const url of [
      'https://github.com/you/app.git',
      'git@github.com:you/app.git',
      'file:///srv/app.git',
    ]) {
      expect(gitUrlProblem(url)).toBeNull();
    }
    expect(gitUrlProblem('not a url')).not.toBeNull();
    expect(gitRefProblem('feature/x-1.2')).toBeNull();
    expect(gitRefProblem('--upload-pack=x')).not.toBeNull();
    expect(gitRefProblem('a..b')).not.toBeNull();
  });
});
