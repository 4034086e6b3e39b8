import { act, waitFor } from '@testing-library/react';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { FakeClient } from '../../testing/fake-client';
import { makeActivity } from '../../testing/fake-data';
import { renderWith, screen } from '../../testing/render';
import { ActivityPage } from './ActivityPage';
import { mergeActivity } from './merge-activity';

const ALL = Array.from({ length: 250 }, (_, i) =>
  makeActivity({ seq: i + 1, message: `event ${i + 1}`, level: i % 10 === 0 ? 'error' : 'info' }),
);

let scrollToEnd: () => void = () => {};

beforeEach(() => {
  vi.stubGlobal(
    'IntersectionObserver',
    class {
      constructor(callback: (entries: { isIntersecting: boolean }[]) => void) {
        scrollToEnd = () => act(() => callback([{ isIntersecting: true }]));
      }
      observe(): void {}
      disconnect(): void {}
    },
  );
  return () => vi.unstubAllGlobals();
});

function client(): FakeClient {
  const fake = new FakeClient();
  fake.answer('activity.list', ({ text = '', limit = 100, before = Infinity }) => ({
    activity: ALL.filter((line) => line.seq < before && line.message.includes(text)).slice(-limit),
  }));
  return fake;
}

const rows = () => screen.queryAllByTestId('activity-row');

describe('ActivityPage', () => {
  test('older lines come page by page as the list is scrolled, to the very first', async () => {
    const fake = client();
    await renderWith(fake, <ActivityPage />);
    await waitFor(() => expect(rows()).toHaveLength(100));
    expect(rows()[0]).toHaveTextContent('event 250');
    scrollToEnd();
    await waitFor(() => expect(rows()).toHaveLength(200));
    scrollToEnd();
    await waitFor(() => expect(rows()).toHaveLength(250));
    expect(fake.sentOf('activity.list').map((body) => body.before)).toEqual([undefined, 151, 51]);
    expect(rows().at(-1)).toHaveTextContent('event 1');
  });

  test('the engine searches, and live lines obey the same search', async () => {
    const fake = client();
    const { user } = await renderWith(fake, <ActivityPage />);
    await user.type(screen.getByTestId('activity-search'), 'event 24');
    await waitFor(() => expect(rows()).toHaveLength(11));
    expect(fake.sentOf('activity.list').at(-1)).toEqual({ limit: 100, text: 'event 24' });
    act(() => {
      fake.emit('activity.added', {
        activity: makeActivity({ seq: 900, message: 'Event 24 again' }),
      });
      fake.emit('activity.added', { activity: makeActivity({ seq: 901, message: 'other' }) });
    });
    expect(rows()).toHaveLength(12);
    expect(rows()[0]).toHaveTextContent('Event 24 again');
  });

  test('levels are filtered', async () => {
    const { user } = await renderWith(client(), <ActivityPage />);
    await waitFor(() => expect(rows()).toHaveLength(100));
    await user.selectOptions(screen.getByTestId('activity-level'), 'error');
    expect(rows()).toHaveLength(10);
  });

  test('nothing found is told, with a way back', async () => {
    const { user } = await renderWith(client(), <ActivityPage />);
    await user.type(screen.getByTestId('activity-search'), 'zzz');
    await user.click(await screen.findByRole('button', { name: 'Clear the search' }));
    await waitFor(() => expect(rows()).toHaveLength(100));
  });

  test('a failed page is told and can be asked for again', async () => {
    const fake = client();
    fake.fail('activity.list', { code: 'internal', message: 'The engine lost the thread.' });
    const { user } = await renderWith(fake, <ActivityPage />);
    expect(await screen.findByTestId('error-message')).toHaveTextContent('lost the thread');
    fake.answer('activity.list', () => ({ activity: ALL.slice(0, 3) }));
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    await waitFor(() => expect(rows()).toHaveLength(3));
  });
});

test('mergeActivity: each line once, newest first', () => {
  const merged = mergeActivity(ALL.slice(0, 3), ALL.slice(2, 5));
  expect(merged.map((line) => line.seq)).toEqual([5, 4, 3, 2, 1]);
});
