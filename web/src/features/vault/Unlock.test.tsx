import { EngineError } from '@automator67/worker';
import { act, waitFor } from '@testing-library/react';
import { describe, expect, test, vi } from 'vitest';
import { FakeClient } from '../../testing/fake-client';
import { FAKE_WORDS, makePasskeyMethod, makeVault } from '../../testing/fake-data';
import { renderWith, screen } from '../../testing/render';
import { Unlock } from './Unlock';

function locked(methods = makeVault().methods): FakeClient {
  const client = new FakeClient();
  client.vault = makeVault({ state: 'locked', methods });
  client.answer('vault.unlock', ({ secret }) => {
    const { text } = client.offered[secret - 1] ?? { text: '' };
    if (text === 'wrong') {
      throw new EngineError({ code: 'unauthorized', message: 'Method m1: the MAC differs.' });
    }
    return client.setVault({ state: 'open' });
  });
  return client;
}

const render = (client: FakeClient) => renderWith(client, <Unlock vault={client.vault} />);

describe('Unlock', () => {
  test('the passphrase has the focus; Enter sends it by number and empties the input', async () => {
    const client = locked();
    const { user } = await render(client);
    expect(screen.getByRole('heading', { level: 1 })).toHaveTextContent('Unlock My cloud');
    expect(screen.getByTestId('unlock-passphrase')).toHaveFocus();
    await user.keyboard('violet canoe{Enter}');
    await waitFor(() =>
      expect(client.sentOf('vault.unlock')).toEqual([{ kind: 'passphrase', secret: 1 }]),
    );
    expect(client.offered).toEqual([{ kind: 'passphrase', text: 'violet canoe' }]);
    expect(screen.getByTestId('unlock-passphrase')).toHaveValue('');
  });

  test('a wrong one costs time and tells nothing of why', async () => {
    const client = locked();
    const { user } = await render(client);
    await user.keyboard('wrong{Enter}');
    const message = await screen.findByTestId('error-message');
    expect(message).toHaveTextContent('does not open the workspace');
    expect(message).not.toHaveTextContent('MAC');
    expect(screen.getByTestId('unlock-submit')).toBeDisabled();
    expect(screen.getByTestId('unlock-submit')).toHaveTextContent('Try again in 1 s');
    expect(screen.getByTestId('unlock-passphrase')).toHaveFocus();
    await waitFor(() => expect(screen.getByTestId('unlock-submit')).toBeEnabled());
    await user.keyboard('right{Enter}');
    await waitFor(() => expect(client.sentOf('vault.unlock')).toHaveLength(2));
  });

  test('nothing typed asks nothing of the engine', async () => {
    const client = locked();
    const { user } = await render(client);
    await user.click(screen.getByTestId('unlock-submit'));
    expect(screen.getByTestId('error-message')).toHaveTextContent('Type your passphrase.');
    expect(client.offered).toHaveLength(0);
  });

  test('a fault of the engine is told as what it is', async () => {
    const client = locked();
    client.fail('vault.unlock', {
      code: 'store_failed',
      message: 'The vault cannot be read.',
      hint: 'Reload the page.',
    });
    const { user } = await render(client);
    await user.keyboard('violet{Enter}');
    expect(await screen.findByTestId('error-message')).toHaveTextContent('Reload the page.');
    expect(screen.getByTestId('unlock-submit')).toBeEnabled();
  });

  test('the recovery kit: capitals, spaces, numbers and dashes do not matter', async () => {
    const client = locked();
    const { user } = await render(client);
    await user.click(screen.getByTestId('unlock-use-kit'));
    expect(screen.getByTestId('unlock-kit')).toHaveFocus();
    await user.paste(` 1. LUSAB – babad\n${FAKE_WORDS.slice(2).join(' ')} `);
    await user.keyboard('{Enter}');
    await waitFor(() =>
      expect(client.sentOf('vault.unlock')).toEqual([{ kind: 'recovery', secret: 1 }]),
    );
    expect(client.offered).toEqual([{ kind: 'recovery', text: FAKE_WORDS.join('-') }]);
    expect(screen.getByTestId('unlock-kit')).toHaveValue('');
  });

  test('a word too few is told before anything is sent, and stays to be corrected', async () => {
    const client = locked();
    const { user } = await render(client);
    await user.click(screen.getByTestId('unlock-use-kit'));
    await user.keyboard(`${FAKE_WORDS.slice(1).join(' ')}{Enter}`);
    expect(screen.getByTestId('error-message')).toHaveTextContent('40 letters instead of 45');
    expect(screen.getByTestId('unlock-kit')).toHaveValue(FAKE_WORDS.slice(1).join(' '));
    await user.click(screen.getByTestId('unlock-use-passphrase'));
    expect(screen.getByTestId('unlock-passphrase')).toHaveFocus();
    expect(client.offered).toHaveLength(0);
  });

  test('a passkey is offered only where there is one, and names its method', async () => {
    const client = locked([...makeVault().methods, makePasskeyMethod()]);
    const { user } = await render(client);
    await user.click(await screen.findByTestId('unlock-passkey'));
    await waitFor(() =>
      expect(client.sentOf('vault.unlock')).toEqual([{ kind: 'passkey', method: 'm3', secret: 1 }]),
    );
  });

  test('a browser without passkeys gets no button for them', async () => {
    const client = locked([...makeVault().methods, makePasskeyMethod()]);
    const available = vi.fn(() => Promise.resolve(false));
    client.passkeys.available = available;
    await render(client);
    await waitFor(() => expect(available).toHaveBeenCalled());
    await act(async () => {
      await available.mock.results[0]?.value;
    });
    expect(screen.queryByTestId('unlock-passkey')).toBeNull();
  });

  test('a passkey dialog that was closed is no error', async () => {
    const client = locked([makePasskeyMethod()]);
    client.passkeys.ask = () => Promise.reject(new DOMException('closed', 'NotAllowedError'));
    const { user } = await render(client);
    await user.click(await screen.findByTestId('unlock-passkey'));
    await waitFor(() => expect(screen.getByTestId('unlock-passkey')).toBeEnabled());
    expect(screen.queryByTestId('error-message')).toBeNull();
  });
});
