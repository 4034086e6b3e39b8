import { EngineError, type UnlockMethod } from '@automator67/worker';
import { waitFor, within } from '@testing-library/react';
import { beforeEach, describe, expect, test } from 'vitest';
import { FakeClient } from '../../testing/fake-client';
import { FAKE_WORDS, makePasskeyMethod, makeVault } from '../../testing/fake-data';
import { useFakeStrength } from '../../testing/fake-strength-worker';
import { renderWith, screen, type Rendered } from '../../testing/render';
import { autoLockStore } from './auto-lock';
import { SecuritySection } from './SecuritySection';

const PASSPHRASE = 'violet canoe sings at noon';

function opened(more: UnlockMethod[] = []): FakeClient {
  const client = new FakeClient();
  client.vault = makeVault({ methods: [...makeVault().methods, ...more] });
  const wrong = (ref: number) => client.offered[ref - 1]?.text === 'wrong';
  const refuse = () => {
    throw new EngineError({ code: 'unauthorized', message: 'MAC differs.' });
  };
  client.answer('vault.add_method', ({ kind, label, with: ref }) => {
    if (wrong(ref)) refuse();
    return client.setVault({
      methods: [...client.vault.methods, makePasskeyMethod({ id: 'm9', kind, label })],
    });
  });
  client.answer('vault.change_passphrase', ({ current }) =>
    wrong(current) ? refuse() : { vault: client.vault },
  );
  client.answer('vault.remove_method', ({ method }) =>
    client.setVault({ methods: client.vault.methods.filter(({ id }) => id !== method) }),
  );
  client.answer('vault.rotate', () => client.setVault({ keyEpoch: 3, keyCreatedAt: Date.now() }));
  return client;
}

const textOf = (client: FakeClient, ref = 0) => client.offered[ref - 1]?.text;
const row = (kind: string) =>
  screen.getAllByTestId('unlock-method').filter((one) => one.dataset['kind'] === kind);

async function keepNewKit({ user }: Rendered): Promise<void> {
  await user.click(screen.getByTestId('new-kit'));
  await screen.findByTestId('kit-words');
  await user.click(screen.getByTestId('new-kit-submit'));
  for (const input of await screen.findAllByTestId('kit-check')) {
    await user.type(input, FAKE_WORDS[Number(input.dataset['word']) - 1] ?? '');
  }
}

beforeEach(useFakeStrength);

describe('ways to unlock', () => {
  test('a passkey is made with a fresh salt and added with the passphrase as proof', async () => {
    const client = opened();
    const { user } = await renderWith(client, <SecuritySection />);
    await user.click(await screen.findByTestId('add-passkey'));
    await user.clear(screen.getByTestId('passkey-label'));
    await user.type(screen.getByTestId('passkey-label'), 'Laptop');
    await user.type(screen.getByTestId('proof-passphrase'), `${PASSPHRASE}{Enter}`);
    await waitFor(() => expect(screen.queryByTestId('add-passkey-dialog')).toBeNull());
    const [request] = client.sentOf('vault.add_method');
    expect(request).toMatchObject({
      kind: 'passkey',
      label: 'Laptop',
      credential: 'Y3JlZA',
      withKind: 'passphrase',
    });
    expect(request?.salt).toMatch(/^[\w-]{22}$/);
    expect(textOf(client, request?.secret)).toBe('secret of Laptop');
    expect(textOf(client, request?.with)).toBe(PASSPHRASE);
    expect(row('passkey')).toHaveLength(1);
  });

  test('a wrong proof adds nothing, and says only that', async () => {
    const client = opened();
    const { user } = await renderWith(client, <SecuritySection />);
    await user.click(await screen.findByTestId('add-passkey'));
    await user.type(screen.getByTestId('proof-passphrase'), 'wrong{Enter}');
    const message = await screen.findByTestId('error-message');
    expect(message).toHaveTextContent('does not open the workspace');
    expect(message).not.toHaveTextContent('MAC');
    expect(screen.getByTestId('proof-passphrase')).toHaveValue('');
    expect(row('passkey')).toHaveLength(0);
  });

  test('a new kit replaces the old one once it was proved to be kept', async () => {
    const client = opened();
    const page = await renderWith(client, <SecuritySection />);
    await keepNewKit(page);
    expect(client.sentOf('vault.add_method')).toHaveLength(0);
    await page.user.type(screen.getByTestId('proof-passphrase'), `${PASSPHRASE}{Enter}`);
    await waitFor(() => expect(client.sentOf('vault.remove_method')).toEqual([{ method: 'm2' }]));
    const [request] = client.sentOf('vault.add_method');
    expect(request).toMatchObject({ kind: 'recovery', withKind: 'passphrase' });
    expect(textOf(client, request?.secret)).toBe(FAKE_WORDS.join('-'));
    await waitFor(() => expect(row('recovery')).toHaveLength(1));
  });

  test('the old kit is proof, too, and may stay', async () => {
    const client = opened();
    const page = await renderWith(client, <SecuritySection />);
    await keepNewKit(page);
    await page.user.selectOptions(screen.getByTestId('proof-way'), 'recovery');
    await page.user.click(screen.getByTestId('unlock-kit'));
    await page.user.paste(FAKE_WORDS.join(' '));
    await page.user.click(screen.getByTestId('kit-retire'));
    await page.user.click(screen.getByTestId('new-kit-submit'));
    await waitFor(() => expect(row('recovery')).toHaveLength(2));
    expect(client.sentOf('vault.add_method')[0]?.withKind).toBe('recovery');
    expect(client.sentOf('vault.remove_method')).toHaveLength(0);
  });

  test('removing is asked about, and cannot be undone', async () => {
    const client = opened([makePasskeyMethod()]);
    const { user } = await renderWith(client, <SecuritySection />);
    await user.click(screen.getByRole('button', { name: 'Remove This laptop' }));
    expect(screen.getByTestId('remove-method-dialog')).toHaveTextContent('cannot be undone');
    expect(client.sentOf('vault.remove_method')).toHaveLength(0);
    await user.click(screen.getByTestId('confirm-yes'));
    await waitFor(() => expect(client.sentOf('vault.remove_method')).toEqual([{ method: 'm3' }]));
    await waitFor(() => expect(row('passkey')).toHaveLength(0));
    expect(screen.queryByTestId('toast-undo')).toBeNull();
  });

  test('the passphrase can be changed, not removed', async () => {
    const client = opened();
    await renderWith(client, <SecuritySection />);
    const [passphrase] = row('passphrase');
    expect(within(passphrase as HTMLElement).queryByTestId('remove-method')).toBeNull();
    expect(within(passphrase as HTMLElement).getByTestId('change-passphrase')).toBeEnabled();
  });

  test('changing the passphrase sends both by number and empties the inputs', async () => {
    const client = opened();
    const { user } = await renderWith(client, <SecuritySection />);
    await user.click(screen.getByTestId('change-passphrase'));
    await user.type(screen.getByTestId('current-passphrase'), 'wrong');
    const chooseNew = async () => {
      await user.click(screen.getByTestId('new-passphrase'));
      await user.paste(PASSPHRASE);
      await user.click(screen.getByTestId('new-passphrase-again'));
      await user.paste(PASSPHRASE);
      await user.keyboard('{Enter}');
    };
    await chooseNew();
    expect(await screen.findByText(/not your current passphrase/)).toBeInTheDocument();
    expect(screen.getByTestId('current-passphrase')).toHaveValue('');
    expect(screen.getByTestId('new-passphrase')).toHaveValue('');
    await user.type(screen.getByTestId('current-passphrase'), 'former words');
    await chooseNew();
    await waitFor(() => expect(screen.queryByTestId('change-passphrase-dialog')).toBeNull());
    const request = client.sentOf('vault.change_passphrase')[1];
    expect(textOf(client, request?.current)).toBe('former words');
    expect(textOf(client, request?.passphrase)).toBe(PASSPHRASE);
    expect(request?.argon2).toEqual({ memoryKib: 65_536, passes: 3 });
  });
});

test('vault key: its age, when it is replaced, and replacing it now', async () => {
  const client = opened();
  const { user } = await renderWith(client, <SecuritySection />);
  expect(screen.getByText('12 days ago', { exact: false, selector: 'dd time' })).toBeVisible();
  expect(screen.getByText('In 18 days, by itself')).toBeInTheDocument();
  await user.click(screen.getByTestId('rotate'));
  expect(await screen.findByTestId('toast')).toHaveTextContent('The vault key was replaced.');
  expect(client.sentOf('vault.rotate')).toHaveLength(1);
  expect(screen.getByText('as number 3', { exact: false })).toBeInTheDocument();
});

test('auto-lock: what is chosen is remembered in this browser', async () => {
  const { user } = await renderWith(opened(), <SecuritySection />);
  await user.selectOptions(screen.getByTestId('auto-lock-idle'), 'After 5 minutes');
  await user.selectOptions(screen.getByTestId('auto-lock-hidden'), 'After 1 hour');
  expect(autoLockStore.snapshot()).toEqual({ idleMinutes: 5, hiddenMinutes: 60 });
  expect(screen.getByTestId('auto-lock-idle')).toHaveDisplayValue('After 5 minutes');
});
