import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { expect, test } from 'vitest';
import { EnvEditor, type EnvRow } from './EnvEditor';

function Harness({ known = [] }: { known?: string[] }) {
  const [rows, setRows] = useState<readonly EnvRow[]>([]);
  return (
    <>
      <EnvEditor rows={rows} known={known} knownHint="They stay." error={null} onChange={setRows} />
      <output>{rows.map((row) => `${row.name}=${row.value}`).join(';')}</output>
    </>
  );
}

const text = () => screen.getByRole('status').textContent;

test('EnvEditor: values are hidden until asked for', async () => {
  const user = userEvent.setup();
  render(<Harness />);
  await user.click(screen.getByTestId('env-add'));
  await user.type(screen.getByTestId('env-name'), 'SECRET');
  await user.type(screen.getByTestId('env-value'), 'hunter2');
  expect(screen.getByTestId('env-value')).toHaveAttribute('type', 'password');
  await user.click(screen.getByRole('button', { name: 'Show values' }));
  expect(screen.getByTestId('env-value')).toHaveAttribute('type', 'text');
  expect(text()).toBe('SECRET=hunter2');
});

test('EnvEditor: a pasted .env replaces equal names and keeps the others', async () => {
  const user = userEvent.setup();
  render(<Harness />);
  await user.click(screen.getByTestId('env-paste'));
  await user.click(screen.getByTestId('env-paste-text'));
  await user.paste('A=1\nB=2');
  await user.click(screen.getByTestId('env-paste-add'));
  await user.click(screen.getByTestId('env-paste'));
  await user.click(screen.getByTestId('env-paste-text'));
  await user.paste('B=3\nC=4');
  await user.click(screen.getByTestId('env-paste-add'));
  expect(text()).toBe('A=1;B=3;C=4');
});

test('EnvEditor: a wrong name is told at its row', async () => {
  const user = userEvent.setup();
  render(<Harness known={['DATABASE_URL']} />);
  expect(screen.getByText('DATABASE_URL')).toBeInTheDocument();
  await user.click(screen.getByTestId('env-add'));
  await user.type(screen.getByTestId('env-name'), '2X');
  expect(screen.getByRole('alert')).toHaveTextContent('not beginning with a digit');
});
