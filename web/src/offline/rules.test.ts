import { expect, test } from 'vitest';
import { isAsset, pageFor, runsThisBuild } from '../../service-worker/rules';

const ours = (url: string) => url.endsWith('main-2.js');

test('older files are let go of only when every tab says that it runs this build', () => {
  expect(runsThisBuild([], ours)).toBe(true);
  expect(runsThisBuild(['/assets/main-2.js', '/assets/main-2.js'], ours)).toBe(true);
  expect(runsThisBuild(['/assets/main-2.js', '/assets/main-1.js'], ours)).toBe(false);
  expect(runsThisBuild(['/assets/main-2.js', null], ours)).toBe(false);
});

test('only files named after their content are looked for among older builds', () => {
  expect(isAsset(new URL('https://page.test/assets/main-1.js'))).toBe(true);
  expect(isAsset(new URL('https://page.test/apps/assets'))).toBe(false);
});

test('a sign-in comes back to its own page, whatever the provider put behind it', () => {
  expect(pageFor(new URL('https://page.test/oauth.html?code=c&state=s'))).toBe('/oauth.html');
  expect(pageFor(new URL('https://page.test/accounts?next=/oauth.html'))).toBe('/index.html');
  expect(pageFor(new URL('https://page.test/'))).toBe('/index.html');
});
