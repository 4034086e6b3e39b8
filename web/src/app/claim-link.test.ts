import { describe, expect, test, vi } from 'vitest';
import { parseClaim, takeClaimLink } from './claim-link';

const TARGETS = [
  { url: 'http://127.0.0.1:4601', code: 'AAAA-BBBB-CCCC' },
  { url: 'http://127.0.0.1:4602', code: 'DDDD-EEEE-FFFF' },
];
const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('claim link', () => {
  test('its codes leave the address bar before anything else happens', () => {
    const replaceState = vi.fn();
    const link = takeClaimLink(
      { hash: `#claim=${base64url(TARGETS)}`, pathname: '/nodes', search: '?x=1' },
      { replaceState },
    );
    expect(replaceState).toHaveBeenCalledWith(null, '', '/nodes?x=1');
    expect(link).toEqual({ targets: TARGETS, problem: null });
  });

  test('a damaged link also leaves the address bar, and the damage is told', () => {
    const replaceState = vi.fn();
    const link = takeClaimLink({ hash: '#claim=%%%', pathname: '/', search: '' }, { replaceState });
    expect(replaceState).toHaveBeenCalledOnce();
    expect(link?.targets).toEqual([]);
    expect(link?.problem).toContain('damaged');
  });

  test('other fragments are left alone', () => {
    const replaceState = vi.fn();
    expect(
      takeClaimLink({ hash: '#main', pathname: '/', search: '' }, { replaceState }),
    ).toBeNull();
    expect(replaceState).not.toHaveBeenCalled();
  });

  test.each([
    ['no list', { url: 'http://x', code: 'A' }],
    ['an empty list', []],
    ['a missing code', [{ url: 'http://x' }]],
    ['a script instead of a URL', [{ url: 'javascript:alert(1)', code: 'A' }]],
    ['too many', Array.from({ length: 51 }, () => TARGETS[0])],
  ])('%s is refused', (_, value) => {
    expect(parseClaim(base64url(value))).toEqual({ targets: [], problem: expect.any(String) });
  });

  test('unknown fields are dropped, names beyond ASCII survive', () => {
    const link = parseClaim(base64url([{ url: 'http://knöten.example', code: 'A', extra: true }]));
    expect(link.targets).toEqual([{ url: 'http://knöten.example', code: 'A' }]);
  });
});
