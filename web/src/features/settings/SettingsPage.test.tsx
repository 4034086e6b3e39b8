import { act, fireEvent, waitFor } from '@testing-library/react';
import { describe, expect, test } from 'vitest';
import { FakeClient } from '../../testing/fake-client';
import { renderWith, screen } from '../../testing/render';
import { SettingsPage } from './SettingsPage';

function client(): FakeClient {
  const fake = new FakeClient();
  fake.answer('settings.set', (change) => {
    fake.state = { ...fake.state, settings: { ...fake.state.settings, ...change } };
    fake.emit('settings.changed', { settings: fake.state.settings });
    return { settings: fake.state.settings };
  });
  return fake;
}

const setWeight = (signal: string, value: number) =>
  fireEvent.change(screen.getByTestId(`weight-${signal}`), { target: { value } });

describe('SettingsPage', () => {
  test('weights: the sum is shown live, and only 100 % can be saved', async () => {
    const fake = client();
    const { user } = await renderWith(fake, <SettingsPage />);
    expect(screen.getByTestId('weights-sum')).toHaveTextContent('Sum: 100%');
    setWeight('cpu', 50);
    expect(screen.getByTestId('weights-sum')).toHaveTextContent('120% — take 20 away');
    expect(screen.getByTestId('weights-save')).toBeDisabled();
    setWeight('memory', 5);
    await user.click(screen.getByTestId('weights-save'));
    const weights = { cpu: 50, memory: 5, latency: 20, connections: 15, history: 10 };
    await waitFor(() => expect(fake.sentOf('settings.set')).toEqual([{ weights }]));
    await user.click(await screen.findByTestId('toast-undo'));
    await waitFor(() => expect(fake.state.settings.weights.cpu).toBe(30));
  });

  test('heartbeat: saved as set', async () => {
    const fake = client();
    const { user } = await renderWith(fake, <SettingsPage />);
    await user.clear(screen.getByTestId('settings-heartbeat'));
    await user.type(screen.getByTestId('settings-heartbeat'), '10');
    await user.click(screen.getByTestId('settings-heartbeat-save'));
    await waitFor(() => expect(fake.sentOf('settings.set')).toEqual([{ heartbeatSeconds: 10 }]));
    await user.click(await screen.findByTestId('toast-undo'));
    await waitFor(() => expect(fake.state.settings.heartbeatSeconds).toBe(30));
  });

  test('a change made elsewhere is shown', async () => {
    const fake = client();
    await renderWith(fake, <SettingsPage />);
    act(() =>
      fake.emit('settings.changed', { settings: { ...fake.state.settings, heartbeatSeconds: 5 } }),
    );
    expect(screen.getByTestId('settings-heartbeat')).toHaveValue('5');
  });

  test('about: id, epoch and version of the controller', async () => {
    const fake = client();
    await renderWith(fake, <SettingsPage />);
    expect(screen.getByText(fake.state.controller.id)).toBeInTheDocument();
    expect(screen.getByText('0.1.0')).toBeInTheDocument();
  });
});
