import { base64urlOf, EngineError } from '@automator67/worker';
import { waitFor, within } from '@testing-library/react';
import { describe, expect, test, vi } from 'vitest';
import { makeAccount } from '../../../testing/fake-accounts';
import { FakeClient } from '../../../testing/fake-client';
import { makeSnapshot } from '../../../testing/fake-data';
import { renderWith, screen } from '../../../testing/render';
import { BucketPage } from './BucketPage';

const OPERATIONS = ['bucket.list', 'object.list', 'object.get', 'object.put', 'object.remove'];
type Run = { operation: string; input?: Record<string, unknown> };

/** A bucket that is kept in memory and listed two objects at a time. */
function clientWith(first: Record<string, string>, change = {}) {
  const objects = new Map(Object.entries(first));
  const client = new FakeClient(change);
  client.answer('account.list', () => ({ accounts: [makeAccount({ operations: OPERATIONS })] }));
  client.answer('account.run', ({ operation, input }) => {
    const {
      prefix = '',
      after = '',
      key = '',
      bytes = '',
    } = (input ?? {}) as Record<string, string>;
    if (operation === 'object.put') objects.set(key, atob(bytes));
    if (operation === 'object.remove') objects.delete(key);
    if (operation === 'object.get') {
      const { offset, length } = input as { offset: number; length: number };
      const part = (objects.get(key) ?? '').slice(offset, offset + length);
      return { output: { bytes: base64urlOf(new TextEncoder().encode(part)) } };
    }
    if (operation !== 'object.list') return { output: {} };
    const keys = [...objects.keys()].sort();
    const left = keys.filter((one) => one.startsWith(prefix) && one > after);
    const page = left.slice(0, 2).map((one) => ({
      key: one,
      size: objects.get(one)?.length ?? 0,
      changedAt: Date.now() - 60_000,
    }));
    const more = left.length > 2 ? { after: page[1]?.key } : {};
    return { output: { objects: page, ...more } };
  });
  return client;
}

const runs = (client: FakeClient): Run[] => client.sentOf('account.run') as Run[];
const page = <BucketPage account="harbor" bucket="photos" />;

describe('BucketPage', () => {
  test('folders, objects with size and date, and the next page on demand', async () => {
    const client = clientWith({ 'a.txt': 'hello', 'b/one': 'x', 'c.txt': 'yy' });
    const { user } = await renderWith(client, page);
    const row = await screen.findByTestId('object-row');
    expect(row).toHaveTextContent('a.txt');
    expect(row).toHaveTextContent('5 B · 1 minute ago');
    expect(screen.getByTestId('object-folder')).toHaveTextContent('b/1 object, 1 B so far');
    expect(screen.getByText(/there are more/)).toBeInTheDocument();
    await user.click(screen.getByTestId('object-more'));
    expect(await screen.findByText('c.txt')).toBeInTheDocument();
    expect(screen.queryByTestId('object-more')).toBeNull();
    expect(runs(client).map(({ input }) => input?.['after'])).toEqual([undefined, 'b/one']);
  });

  test('a folder is gone into with the keyboard, and its address says where', async () => {
    const client = clientWith({ 'b/deep/two': 'x', 'b/one': 'x' });
    const { user } = await renderWith(client, page);
    (await screen.findByTestId('object-folder')).focus();
    await user.keyboard('{Enter}');
    expect(await screen.findByText('one')).toBeInTheDocument();
    expect(new URLSearchParams(window.location.search).get('in')).toBe('b/');
    expect(runs(client).at(-1)?.input).toMatchObject({ prefix: 'b/' });
    await user.click(screen.getByTestId('object-crumb'));
    expect(await screen.findByTestId('object-folder')).toHaveTextContent('b/');
  });

  test('an object is deleted after it was asked', async () => {
    const client = clientWith({ 'a.txt': 'hello' });
    const { user } = await renderWith(client, page);
    await user.click(await screen.findByTestId('object-remove'));
    const dialog = screen.getByTestId('remove-stored-dialog');
    expect(dialog).toHaveTextContent('Delete a.txt?');
    await user.click(within(dialog).getByTestId('confirm-yes'));
    expect(await screen.findByText('The bucket is empty')).toBeInTheDocument();
    expect(runs(client)).toContainEqual(
      expect.objectContaining({
        operation: 'object.remove',
        input: { bucket: 'photos', key: 'a.txt' },
      }),
    );
  });

  test('files go into the folder that is open; one of the same name is asked about', async () => {
    window.history.replaceState(null, '', '/?in=b%2F');
    const client = clientWith({ 'b/one': 'x' });
    const { user } = await renderWith(client, page);
    await screen.findByTestId('object-row');
    await user.upload(screen.getByTestId('object-files'), new File(['new'], 'two.txt'));
    expect(await screen.findByText('two.txt')).toBeInTheDocument();
    expect(runs(client).find(({ operation }) => operation === 'object.put')?.input).toEqual({
      bucket: 'photos',
      key: 'b/two.txt',
      bytes: base64urlOf(new TextEncoder().encode('new')),
    });
    await user.upload(screen.getByTestId('object-files'), new File(['other'], 'one'));
    await user.click(
      within(await screen.findByTestId('replace-dialog')).getByTestId('confirm-yes'),
    );
    await waitFor(() =>
      expect(runs(client).filter(({ operation }) => operation === 'object.put')).toHaveLength(2),
    );
  });

  test('a file that cannot cross is refused before anything is sent', async () => {
    const client = clientWith({});
    const { user } = await renderWith(client, page);
    await screen.findByText('The bucket is empty');
    const large = new File(['x'], 'film.mp4');
    Object.defineProperty(large, 'size', { value: 7 * 1024 * 1024 });
    await user.upload(screen.getByTestId('object-files'), large);
    expect(await screen.findByText(/film.mp4 is larger than 6 MB/)).toBeInTheDocument();
    expect(runs(client).some(({ operation }) => operation === 'object.put')).toBe(false);
  });

  test('a large object is read in parts', async () => {
    const saved: Blob[] = [];
    URL.createObjectURL = vi.fn((blob: Blob) => {
      saved.push(blob);
      return 'blob:x';
    });
    URL.revokeObjectURL = vi.fn();
    const client = clientWith({ big: 'x'.repeat(5 * 1024 * 1024) });
    const { user } = await renderWith(client, page);
    await user.click(await screen.findByTestId('object-download'));
    await waitFor(() => expect(saved[0]?.size).toBe(5 * 1024 * 1024));
    const parts = runs(client).filter(({ operation }) => operation === 'object.get');
    expect(parts.map(({ input }) => input?.['length'])).toEqual([4 * 1024 * 1024, 1024 * 1024]);
  });

  test('what the provider refuses is told, and can be asked again', async () => {
    const client = clientWith({ 'a.txt': 'hello' });
    let refused = true;
    const listing = { output: { objects: [{ key: 'a.txt', size: 5 }] } };
    client.answer('account.run', () => {
      if (refused) throw new EngineError({ code: 'forbidden', message: 'Harbor said no.' });
      return listing;
    });
    const { user } = await renderWith(client, page);
    expect(await screen.findByText('Harbor said no.')).toBeInTheDocument();
    refused = false;
    await user.click(screen.getByRole('button', { name: /try again/i }));
    expect(await screen.findByTestId('object-row')).toBeInTheDocument();
    expect(screen.queryByText('Harbor said no.')).toBeNull();
  });

  test('offline nothing is asked', async () => {
    const controller = { ...makeSnapshot().controller, online: false };
    const client = clientWith({}, { controller });
    await renderWith(client, page);
    expect(await screen.findByText(/needs the network/)).toBeInTheDocument();
    expect(runs(client)).toEqual([]);
  });

  test('an account that lists no objects leads back', async () => {
    const client = new FakeClient();
    client.answer('account.list', () => ({ accounts: [makeAccount()] }));
    await renderWith(client, page);
    expect(await screen.findByText('Its objects cannot be listed')).toBeInTheDocument();
  });
});
