import { expect, test } from 'vitest';
import { manifestHints } from './manifest-hints';

const hints = (text: string) =>
  manifestHints({ kind: 'archive', texts: { 'automator67.yaml': text } });

test('manifestHints: top-level name and replicas', () => {
  expect(hints('name: shop # the shop\nreplicas: 5\nenv:\n  name: inner\n')).toEqual({
    name: 'shop',
    replicas: 5,
  });
});

test('manifestHints: what it does not understand is left to the engine', () => {
  expect(hints('env:\n  name: inner\nreplicas: many\n')).toEqual({});
  expect(hints('replicas: 0\n')).toEqual({});
  expect(manifestHints({ kind: 'git', url: 'x' })).toEqual({});
});
