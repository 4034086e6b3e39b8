import { EngineError, type BackupDiff, type Commands } from '@automator67/worker';
import { fireEvent, waitFor } from '@testing-library/react';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { FakeClient } from '../../testing/fake-client';
import { FAKE_WORDS, makeVault } from '../../testing/fake-data';
import { renderWith, screen, type Rendered } from '../../testing/render';
import { BackupCard } from './BackupCard';
import { bytesOf, readBackup } from './backup-file';
import { FirstRun } from './FirstRun';

type Preview = Commands['vault.preview_backup']['res'];

const PASSPHRASE = 'violet canoe sings at noon';
const NOTHING: BackupDiff = {
  added: [],
  changed: [],
  removed: [],
  counts: { added: 0, changed: 0, removed: 0, leftOut: 0 },
};
const PREVIEW: Preview = {
  createdAt: Date.UTC(2026, 10, 25),
  name: 'My cloud',
  device: 'dev-a',
  entities: 4,
  apps: 1,
  nodes: 2,
  sameController: true,
  merge: NOTHING,
  replace: {
    added: [
      {
        entity: 'release/guestbook/r1',
        label: 'Release 1 of guestbook',
        fields: [{ field: 'env.TOKEN', after: '••••••', secret: true }],
      },
    ],
    changed: [
      {
        entity: 'settings',
        label: 'Settings',
        fields: [{ field: 'heartbeatSeconds', before: '88', after: '77' }],
      },
    ],
    removed: [],
    counts: { added: 3, changed: 1, removed: 0, leftOut: 0 },
  },
};

function opened(preview: Partial<Preview> = {}): FakeClient {
  const client = new FakeClient();
  client.answer('vault.preview_backup', ({ secret }) => {
    if (client.offered[secret - 1]?.text === 'wrong') {
      throw new EngineError({ code: 'unauthorized', message: 'Method m1: the MAC differs.' });
    }
    return { ...PREVIEW, ...preview };
  });
  client.answer('vault.restore', () => ({ vault: client.vault, counts: PREVIEW.replace.counts }));
  return client;
}

const backup = (text = 'sealed') => new File([text], 'mine.a67backup');

async function openBackup({ user }: Rendered, secret = PASSPHRASE): Promise<void> {
  await user.upload(screen.getByTestId('restore-file'), backup());
  await user.type(screen.getByTestId('proof-passphrase'), `${secret}{Enter}`);
}

afterEach(() => vi.restoreAllMocks());

describe('backup files', () => {
  test('bytes survive the way to the engine and back', async () => {
    const bytes = Uint8Array.from({ length: 1000 }, (_, at) => (at * 7) % 256);
    const text = await readBackup(new Blob([bytes]));
    expect(text).toMatch(/^[\w-]+$/);
    expect([...bytesOf(text)]).toEqual([...bytes]);
  });
});

describe('BackupCard', () => {
  test('a backup is saved under the name the engine gives it', async () => {
    const client = opened();
    client.answer('vault.back_up', () => ({
      file: 'c2VhbGVk',
      name: 'automator67-my-cloud-2026-11-25.a67backup',
      entities: 4,
      bytes: 6,
      createdAt: 0,
    }));
    const saved: string[] = [];
    URL.createObjectURL = vi.fn(() => 'blob:backup');
    URL.revokeObjectURL = vi.fn();
    vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (
      this: HTMLAnchorElement,
    ) {
      saved.push(this.download);
    });
    const { user } = await renderWith(client, <BackupCard vault={makeVault()} />);
    await user.click(screen.getByTestId('back-up'));
    await waitFor(() => expect(saved).toEqual(['automator67-my-cloud-2026-11-25.a67backup']));
  });

  test('a failure to make one is told', async () => {
    const client = opened();
    client.fail('vault.back_up', { code: 'too_large', message: 'A backup has at most 48 MiB.' });
    const { user } = await renderWith(client, <BackupCard vault={makeVault()} />);
    await user.click(screen.getByTestId('back-up'));
    expect(await screen.findByTestId('error-message')).toHaveTextContent('at most 48 MiB');
  });

  test('what would change is seen before anything does; replacing warns', async () => {
    const client = opened();
    const page = await renderWith(client, <BackupCard vault={makeVault()} />);
    const { user } = page;
    await user.click(screen.getByTestId('restore'));
    await openBackup(page);
    expect(await screen.findByTestId('backup-facts')).toHaveTextContent('1 app, 2 nodes');
    expect(screen.getByTestId('backup-diff')).toHaveTextContent('Nothing would change.');
    await user.click(screen.getByTestId('restore-replace'));
    const diff = screen.getByTestId('backup-diff');
    expect(diff).toHaveTextContent('heartbeatSeconds: 88 → 77');
    expect(diff).toHaveTextContent('Release 1 of guestbook');
    expect(diff).toHaveTextContent('… and 2 more.');
    expect(screen.getByTestId('restore-dialog')).toHaveTextContent('is undone');
    expect(client.sentOf('vault.restore')).toHaveLength(0);
    await user.click(screen.getByTestId('restore-submit'));
    await waitFor(() => expect(screen.queryByTestId('restore-dialog')).toBeNull());
    expect(client.sentOf('vault.restore')).toEqual([
      { file: 'c2VhbGVk', kind: 'passphrase', secret: 1, mode: 'replace' },
    ]);
    expect(client.offered).toEqual([{ kind: 'passphrase', text: PASSPHRASE }]);
  });

  test('a backup of another controller: what a merge leaves out is said', async () => {
    const client = opened({
      sameController: false,
      merge: { ...NOTHING, counts: { ...NOTHING.counts, leftOut: 5 } },
    });
    const page = await renderWith(client, <BackupCard vault={makeVault()} />);
    await page.user.click(screen.getByTestId('restore'));
    await openBackup(page);
    expect(await screen.findByText(/5 things of it are left out/)).toBeVisible();
    await page.user.click(screen.getByTestId('restore-replace'));
    expect(screen.getByText(/must be claimed again/)).toBeVisible();
  });

  test('a wrong secret tells nothing of why, and the input is empty again', async () => {
    const client = opened();
    const page = await renderWith(client, <BackupCard vault={makeVault()} />);
    await page.user.click(screen.getByTestId('restore'));
    await openBackup(page, 'wrong');
    const message = await screen.findByTestId('error-message');
    expect(message).toHaveTextContent('does not open the backup');
    expect(message).not.toHaveTextContent('MAC');
    expect(screen.getByTestId('proof-passphrase')).toHaveValue('');
  });

  test('a secret that was let go of meanwhile is asked for again', async () => {
    const client = opened();
    client.fail('vault.restore', { code: 'not_found', message: 'No such secret.' });
    const page = await renderWith(client, <BackupCard vault={makeVault()} />);
    await page.user.click(screen.getByTestId('restore'));
    await openBackup(page);
    await page.user.click(await screen.findByTestId('restore-submit'));
    expect(await screen.findByText(/Type it again/)).toBeVisible();
    expect(screen.getByTestId('proof-passphrase')).toBeVisible();
  });

  test('a file can be dropped', async () => {
    const page = await renderWith(opened(), <BackupCard vault={makeVault()} />);
    await page.user.click(screen.getByTestId('restore'));
    fireEvent.drop(screen.getByTestId('restore-drop'), { dataTransfer: { files: [backup()] } });
    expect(screen.getByTestId('restore-file-name')).toHaveTextContent('mine.a67backup');
    expect(screen.getByTestId('restore-open')).toBeEnabled();
  });
});

describe('FirstRun', () => {
  test('a new device takes over a backup, by the recovery kit', async () => {
    const client = opened();
    client.vault = { state: 'absent', methods: [] };
    const { user } = await renderWith(client, <FirstRun />);
    await user.click(screen.getByTestId('first-run-restore'));
    await user.upload(screen.getByTestId('restore-file'), backup());
    await user.selectOptions(screen.getByTestId('proof-way'), 'recovery');
    await user.click(screen.getByTestId('unlock-kit'));
    await user.paste(FAKE_WORDS.join(' '));
    await user.click(screen.getByTestId('restore-open'));
    expect(await screen.findByTestId('backup-diff')).toHaveTextContent('Release 1 of guestbook');
    expect(screen.queryByTestId('restore-merge')).toBeNull();
    await user.click(screen.getByTestId('restore-submit'));
    await waitFor(() => expect(client.sentOf('vault.restore')).toHaveLength(1));
    expect(client.sentOf('vault.restore')[0]).toMatchObject({ kind: 'recovery', mode: 'replace' });
    expect(client.offered[0]?.text).toBe(FAKE_WORDS.join('-'));
  });

  test('back to a new workspace', async () => {
    const client = opened();
    const { user } = await renderWith(client, <FirstRun />);
    await user.click(screen.getByTestId('first-run-restore'));
    await user.click(screen.getByTestId('restore-back'));
    expect(screen.getByTestId('vault-name')).toBeVisible();
  });
});
