import { expect, test } from 'vitest';
import { makeApp, makeDeployment, makeReplica } from '../testing/fake-data';
import { isUnheard, waitingOf } from './waiting';

const rolling = makeApp({ deployment: makeDeployment({ kind: 'scale', state: 'starting' }) });

test('a rollout waits as long as there is no network', () => {
  expect(waitingOf(rolling, false)).toEqual({ app: rolling.name, what: 'scaling' });
  expect(waitingOf(rolling, true)).toBeNull();
});

test('what is through waits for nothing', () => {
  const done = makeApp({ deployment: makeDeployment({ state: 'done' }) });
  expect(waitingOf(done, false)).toBeNull();
});

test('a stopped app whose replicas were not told yet waits', () => {
  const stopped = makeApp({ state: 'stopped', deployment: undefined, replicas: [makeReplica()] });
  expect(waitingOf(stopped, false)?.what).toBe('stop');
  expect(waitingOf({ ...stopped, replicas: [] }, false)).toBeNull();
});

test('replicas nobody was heard of say nothing about the app', () => {
  const placed = makeApp({ replicas: [makeReplica({ state: 'placed' })] });
  expect(isUnheard(placed, false)).toBe(true);
  expect(isUnheard(placed, true)).toBe(false);
  expect(isUnheard(makeApp({ replicas: [makeReplica({ state: 'ready' })] }), false)).toBe(false);
});
