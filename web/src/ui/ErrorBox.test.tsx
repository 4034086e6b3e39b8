import { render, screen } from '@testing-library/react';
import { expect, test, vi } from 'vitest';
import { ErrorBox } from './ErrorBox';

test('ErrorBox: what, why, next step, place in a file, and lines without colours', () => {
  render(
    <ErrorBox
      title="Not deployed."
      error={{
        code: 'invalid_input',
        message: 'replicas must be a number.',
        hint: 'Write replicas: 3.',
        field: 'automator67.yaml:7',
        lines: ['\u001b[31mred\u001b[0m'],
      }}
    />,
  );
  const box = screen.getByRole('alert');
  expect(box).toHaveAttribute('data-code', 'invalid_input');
  for (const text of ['Not deployed.', 'must be a number', 'replicas: 3', 'automator67.yaml:7']) {
    expect(box).toHaveTextContent(text);
  }
  expect(screen.getByRole('region', { name: 'Last lines of output' })).toHaveTextContent(/^red$/);
});

test('ErrorBox: names of request fields are not shown; trying again is offered when asked for', () => {
  const { rerender } = render(
    <ErrorBox error={{ code: 'x', message: 'No.', field: 'source.url' }} />,
  );
  expect(screen.getByRole('alert')).not.toHaveTextContent('source.url');
  expect(screen.queryByRole('button')).toBeNull();
  rerender(<ErrorBox error={{ code: 'x', message: 'No.' }} onRetry={vi.fn()} />);
  expect(screen.getByRole('button', { name: 'Try again' })).toBeInTheDocument();
});
