import { describe, expect, test } from 'vitest';
import { makeChange } from '../testing/fake-data';
import { canUndo, describeChange, describeUndo } from './describe-change';

const app = (...fields: Parameters<typeof makeChange>[1] & object) =>
  describeChange('app/guestbook', makeChange({}, fields));

describe('describeChange', () => {
  test('an app: replicas, releases, stop and start', () => {
    expect(app(['wanted', '3', '5'])).toEqual(['Replicas 3 → 5']);
    expect(app(['serving', '"guestbook-r1"', '"guestbook-r2"'])).toEqual([
      'Release guestbook-r1 → guestbook-r2',
    ]);
    expect(app(['stopped', 'false', 'true'])).toEqual(['Stopped']);
    expect(app(['stopped', 'true', 'false'])).toEqual(['Started again']);
  });

  test('an app: its first changes have nothing before them', () => {
    expect(
      app(
        ['wanted', undefined, '2'],
        ['stopped', undefined, 'false'],
        ['serving', undefined, '""'],
      ),
    ).toEqual(['Created with 2 replicas']);
    expect(app(['serving', '""', '"guestbook-r1"'])).toEqual(['First release: guestbook-r1']);
    expect(describeChange('app/guestbook', makeChange({ deleted: true }, []))).toEqual(['Removed']);
  });

  test('settings: only the weights that changed', () => {
    const change = makeChange({}, [
      ['heartbeatSeconds', '30', '77'],
      ['weights', '{"cpu":30,"memory":25}', '{"cpu":40,"memory":25}'],
    ]);
    expect(describeChange('settings', change)).toEqual([
      'Heartbeat 30 s → 77 s',
      'Balance weights: CPU 30% → 40%',
    ]);
  });

  test('a secret: never its value', () => {
    const replaced = makeChange({}, [
      ['sealed', undefined, undefined],
      ['version', '1', '2'],
      ['changedAt', '1', '2'],
    ]);
    expect(describeChange('secret/token', replaced)).toEqual(['Value replaced']);
    expect(describeUndo('secret/token', replaced)).toEqual([
      'The value before this change comes back',
    ]);
    const made = makeChange({}, [
      ['sealed', undefined, undefined],
      ['createdAt', undefined, '1'],
    ]);
    expect(describeChange('secret/token', made)).toEqual(['Added']);
    expect(canUndo('secret/token', made)).toBe(false);
    const noted = makeChange({}, [
      ['note', undefined, '"for Render"'],
      ['rotateDays', '90', '0'],
    ]);
    expect(describeChange('secret/token', noted)).toEqual([
      'Note: “for Render”',
      'Reminder taken away',
    ]);
  });

  test('a field that is not known here is named all the same', () => {
    expect(describeChange('settings', makeChange({}, [['shade', undefined, '"red"']]))).toEqual([
      'shade: red',
    ]);
  });
});

describe('undo', () => {
  test('is told the other way round', () => {
    expect(describeUndo('app/guestbook', makeChange())).toEqual(['Replicas 5 → 3']);
    expect(describeUndo('app/guestbook', makeChange({}, [['stopped', 'false', 'true']]))).toEqual([
      'Started again',
    ]);
    expect(describeUndo('secret/token', makeChange({ deleted: true }, []))).toEqual([
      'token comes back as it was',
    ]);
  });

  test('is not offered for a secret that was only sealed under another key', () => {
    const resealed = makeChange({}, [['sealed', undefined, undefined]]);
    expect(canUndo('secret/token', resealed)).toBe(false);
    expect(canUndo('secret/token', makeChange({ deleted: true }, []))).toBe(true);
    expect(canUndo('app/guestbook', makeChange({ undoable: false }))).toBe(false);
  });
});
