import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { expect, test } from 'vitest';
import { Stepper } from './Stepper';

function Harness({ start = 3 }: { start?: number }) {
  const [value, setValue] = useState(start);
  return (
    <>
      <Stepper label="replicas" value={value} min={1} max={10} onChange={setValue} />
      <output>{value}</output>
      <button type="button" onClick={() => setValue(7)}>
        from outside
      </button>
    </>
  );
}

const value = () => screen.getByRole('status').textContent;

test('Stepper: buttons and arrow keys stay within the bounds', async () => {
  const user = userEvent.setup();
  render(<Harness start={9} />);
  await user.click(screen.getByRole('button', { name: 'More replicas' }));
  expect(value()).toBe('10');
  expect(screen.getByRole('button', { name: 'More replicas' })).toBeDisabled();
  await user.type(screen.getByRole('textbox'), '{ArrowDown}');
  expect(value()).toBe('9');
});

test('Stepper: half-typed numbers are allowed, wrong ones are put right on leaving', async () => {
  const user = userEvent.setup();
  render(<Harness />);
  const input = screen.getByRole('textbox');
  await user.clear(input);
  expect(input).toHaveValue('');
  expect(value()).toBe('3');
  await user.type(input, '99');
  await user.tab();
  expect(value()).toBe('10');
  expect(input).toHaveValue('10');
});

test('Stepper: a value changed from outside replaces what was typed', async () => {
  const user = userEvent.setup();
  render(<Harness />);
  const input = screen.getByRole('textbox');
  await user.clear(input);
  await user.type(input, '5');
  await user.click(screen.getByRole('button', { name: 'from outside' }));
  expect(input).toHaveValue('7');
});
