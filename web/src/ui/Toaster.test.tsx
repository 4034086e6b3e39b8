import { act, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, test, vi } from 'vitest';
import { showToast } from './toast-store';
import { Toaster } from './Toaster';

afterEach(() => {
  vi.useRealTimers();
});

test('Toaster: a message is read out politely and goes by itself', () => {
  vi.useFakeTimers();
  render(<Toaster />);
  act(() => void showToast({ title: 'Saved.' }));
  expect(screen.getByRole('region', { name: 'Notifications' })).toHaveAttribute(
    'aria-live',
    'polite',
  );
  expect(screen.getByTestId('toast')).toHaveTextContent('Saved.');
  act(() => void vi.advanceTimersByTime(6001));
  expect(screen.queryByTestId('toast')).toBeNull();
});

test('Toaster: Undo runs once and the toast goes', async () => {
  const undo = vi.fn();
  render(<Toaster />);
  act(() => void showToast({ title: 'Stopped.', undo }));
  await userEvent.click(screen.getByTestId('toast-undo'));
  expect(undo).toHaveBeenCalledOnce();
  expect(screen.queryByTestId('toast')).toBeNull();
});

test('Toaster: a toast under the pointer stays', async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  const user = userEvent.setup({ advanceTimers: vi.advanceTimersByTime });
  render(<Toaster />);
  act(() => void showToast({ title: 'Read me.' }));
  await user.hover(screen.getByTestId('toast'));
  act(() => void vi.advanceTimersByTime(20_000));
  expect(screen.getByTestId('toast')).toBeInTheDocument();
});

test('Toaster: at most four at a time, the oldest goes', () => {
  render(<Toaster />);
  act(() => {
    for (let i = 1; i <= 5; i += 1) showToast({ title: `Message ${i}` });
  });
  expect(screen.getAllByTestId('toast')).toHaveLength(4);
  expect(screen.queryByText('Message 1')).toBeNull();
});
