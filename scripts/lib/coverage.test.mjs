import assert from 'node:assert/strict';
import test from 'node:test';

import { judge, nameInTree } from './coverage.mjs';

const file = (filename, covered, count) => ({ filename, summary: { lines: { covered, count } } });
const wanted = { folder: 'engine', excluded: 'engine/native', percentMin: 85 };

test('only the lines below the folder count', () => {
  const files = [
    file('engine/a.cpp', 9, 10),
    file('engine/native/b.cpp', 0, 90),
    file('cli/c.cpp', 0, 90),
  ];
  const result = judge(files, ['engine/a.cpp', 'engine/native/b.cpp'], wanted);
  assert.equal(result.percent, 90);
  assert.ok(result.passed);
});

test('too few lines fail', () => {
  assert.ok(!judge([file('engine/a.cpp', 84, 100)], [], wanted).passed);
});

test('a file that no program holds fails', () => {
  const result = judge([file('engine/a.cpp', 10, 10)], ['engine/a.cpp', 'engine/lost.cpp'], wanted);
  assert.deepEqual(result.missing, ['engine/lost.cpp']);
  assert.ok(!result.passed);
});

test('nothing at all fails', () => {
  assert.ok(!judge([], [], wanted).passed);
});

test('a file has one name, however the compiler was told of it', () => {
  for (const told of ['/a/b/engine/x.cpp', '../../engine/x.cpp', 'engine/x.cpp']) {
    assert.equal(nameInTree(told, '/a/b'), 'engine/x.cpp');
  }
});
