import { EngineError } from '@automator67/worker';
import { fireEvent, waitFor, within } from '@testing-library/react';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { FakeClient } from '../../testing/fake-client';
import { FAKE_WORDS, makeVault } from '../../testing/fake-data';
import { useFakeStrength } from '../../testing/fake-strength-worker';
import { renderWith, screen, type Rendered } from '../../testing/render';
import { FirstRun } from './FirstRun';

const PASSPHRASE = 'violet canoe sings at noon';

function newDevice(): FakeClient {
  const client = new FakeClient();
  client.vault = { state: 'absent', methods: [] };
  client.answer('vault.create', ({ name }) => client.setVault(makeVault({ name })));
  return client;
}

const field = (id: string) => screen.getByTestId<HTMLInputElement>(id);

async function choose({ user }: Rendered, text = PASSPHRASE): Promise<void> {
  await user.click(field('new-passphrase'));
  await user.paste(text);
  await user.click(field('new-passphrase-again'));
  await user.paste(text);
  await user.keyboard('{Enter}');
}

async function typeWordsBack({ user }: Rendered): Promise<void> {
  for (const input of await screen.findAllByTestId('kit-check')) {
    await user.type(input, (FAKE_WORDS[Number(input.dataset['word']) - 1] ?? '').toUpperCase());
  }
}

beforeEach(useFakeStrength);

describe('FirstRun', () => {
  test('by keyboard alone: passphrase, kit, two words of it, and the vault is made', async () => {
    const client = newDevice();
    const page = await renderWith(client, <FirstRun />);
    const { user } = page;
    expect(field('new-passphrase')).toHaveFocus();
    expect(field('vault-name')).toHaveValue('My cloud');
    await user.keyboard(`${PASSPHRASE}{Tab}{Tab}${PASSPHRASE}{Enter}`);
    const words = within(await screen.findByTestId('kit-words')).getAllByRole('listitem');
    expect(words).toHaveLength(9);
    expect(words[2]).toHaveTextContent('gutih');
    screen.getByRole('button', { name: 'I have kept it' }).focus();
    await user.keyboard('{Enter}');
    await typeWordsBack(page);
    await user.keyboard('{Enter}');
    await waitFor(() => expect(client.sentOf('vault.create')).toHaveLength(1));
    const [request] = client.sentOf('vault.create');
    expect(request).toMatchObject({ name: 'My cloud', argon2: { memoryKib: 65_536, passes: 3 } });
    expect(client.offered[(request?.passphrase ?? 0) - 1]).toEqual({
      kind: 'passphrase',
      text: PASSPHRASE,
    });
    expect(client.offered[(request?.recovery ?? 0) - 1]).toEqual({
      kind: 'recovery',
      text: FAKE_WORDS.join('-'),
    });
  });

  test('a weak passphrase is refused with a way out, and what was typed stays', async () => {
    const page = await renderWith(newDevice(), <FirstRun />);
    await choose(page, 'hunter22');
    expect(await screen.findByTestId('error-message')).toHaveTextContent('can be guessed');
    expect(field('new-passphrase')).toHaveValue('hunter22');
    expect(field('new-passphrase')).toHaveFocus();
    expect(screen.queryByTestId('kit-words')).toBeNull();
  });

  test('the meter follows what is typed', async () => {
    const { user } = await renderWith(newDevice(), <FirstRun />);
    await user.type(field('new-passphrase'), 'violet');
    await waitFor(() => expect(screen.getByTestId('strength')).toHaveTextContent('Easy to guess'));
    await user.type(field('new-passphrase'), ' canoe sings at noon');
    await waitFor(() => expect(screen.getByRole('meter')).toHaveAttribute('aria-valuenow', '4'));
    expect(screen.getByTestId('strength')).toHaveTextContent('Guessing it takes 3 years.');
  });

  test('without the dictionaries length decides', async () => {
    vi.stubGlobal('Worker', undefined);
    const client = newDevice();
    const page = await renderWith(client, <FirstRun />);
    await choose(page, 'too short');
    expect(await screen.findByTestId('error-message')).toHaveTextContent('14 characters');
    expect(screen.getByTestId('strength')).toHaveTextContent('cannot be told right now');
    await page.user.clear(field('new-passphrase'));
    await page.user.clear(field('new-passphrase-again'));
    await choose(page);
    expect(await screen.findByTestId('kit-words')).toBeInTheDocument();
  });

  test('two that differ are told; shown, one is enough', async () => {
    const page = await renderWith(newDevice(), <FirstRun />);
    await page.user.type(field('new-passphrase'), PASSPHRASE);
    await page.user.type(field('new-passphrase-again'), 'violet canoe{Enter}');
    expect(await screen.findByTestId('error-message')).toHaveTextContent('not the same');
    await page.user.click(screen.getByRole('button', { name: 'Show passphrase' }));
    expect(screen.queryByTestId('new-passphrase-again')).toBeNull();
    expect(field('new-passphrase')).toHaveAttribute('type', 'text');
    await page.user.click(screen.getByTestId('first-run-next'));
    expect(await screen.findByTestId('kit-words')).toBeInTheDocument();
  });

  test('caps lock is told while it is on', async () => {
    await renderWith(newDevice(), <FirstRun />);
    const capsLock = (on: boolean) =>
      fireEvent.keyDown(field('new-passphrase'), { key: 'A', modifierCapsLock: on });
    capsLock(true);
    expect(screen.getByText('Caps lock is on.')).toBeInTheDocument();
    capsLock(false);
    expect(screen.queryByText('Caps lock is on.')).toBeNull();
  });

  test('a wrong word is named, and the kit can be looked at again', async () => {
    const page = await renderWith(newDevice(), <FirstRun />);
    await choose(page);
    await page.user.click(await screen.findByTestId('first-run-next'));
    for (const input of await screen.findAllByTestId('kit-check')) {
      await page.user.type(input, 'zzzzz');
    }
    await page.user.keyboard('{Enter}');
    expect(screen.getAllByTestId('error-message')[0]).toHaveTextContent(/This is not word \d/);
    await page.user.click(screen.getByTestId('first-run-back'));
    expect(screen.getByTestId('kit-words')).toHaveTextContent('lusab');
  });

  test('a passphrase that was let go of meanwhile is asked for again, the kit stays', async () => {
    const client = newDevice();
    client.fail('vault.create', { code: 'not_found', message: 'What was typed in is gone.' });
    const page = await renderWith(client, <FirstRun />);
    await choose(page);
    await page.user.click(await screen.findByTestId('first-run-next'));
    await typeWordsBack(page);
    await page.user.keyboard('{Enter}');
    expect(await screen.findByText(/Type it once more/)).toBeInTheDocument();
    client.answer('vault.create', () => client.setVault(makeVault()));
    await choose(page);
    await waitFor(() => expect(client.sentOf('vault.create')).toHaveLength(2));
    expect(client.offered.at(-1)).toEqual({ kind: 'recovery', text: FAKE_WORDS.join('-') });
  });

  test('while the key is made the page says how long it takes; a failure can be tried again', async () => {
    const client = newDevice();
    let fail: ((error: Error) => void) | undefined;
    client.answer('vault.create', () => new Promise((_, reject) => (fail = reject)));
    const page = await renderWith(client, <FirstRun />);
    await choose(page);
    await page.user.click(await screen.findByTestId('first-run-next'));
    await typeWordsBack(page);
    await page.user.keyboard('{Enter}');
    expect(await screen.findByText(/takes about a second/)).toBeInTheDocument();
    await waitFor(() => expect(fail).toBeDefined());
    fail?.(new EngineError({ code: 'store_failed', message: 'The disk is full.' }));
    expect(await screen.findByTestId('error-message')).toHaveTextContent('The disk is full.');
    expect(screen.getByTestId('first-run-next')).toBeEnabled();
  });

  test('no secret is left in an input, the address or the storage', async () => {
    const page = await renderWith(newDevice(), <FirstRun />);
    await choose(page);
    await page.user.click(await screen.findByTestId('first-run-back'));
    expect(field('new-passphrase')).toHaveValue('');
    expect(field('new-passphrase-again')).toHaveValue('');
    expect(window.location.href).not.toContain('violet');
    expect(JSON.stringify(localStorage)).not.toContain('violet');
    expect(document.documentElement.outerHTML).not.toContain('violet');
  });
});
