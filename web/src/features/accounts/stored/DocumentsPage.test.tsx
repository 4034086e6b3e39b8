import { within } from '@testing-library/react';
import { describe, expect, test } from 'vitest';
import { makeAccount } from '../../../testing/fake-accounts';
import { FakeClient } from '../../../testing/fake-client';
import { renderWith, screen } from '../../../testing/render';
import { DocumentsPage, PAGE_DOCUMENTS } from './DocumentsPage';

function clientWith(count: number) {
  const client = new FakeClient();
  const operations = ['document.query', 'document.get', 'document.remove'];
  client.answer('account.list', () => ({ accounts: [makeAccount({ operations })] }));
  let documents = Array.from({ length: count }, (_, at) => ({
    id: `doc-${at}`,
    value: { name: `Ada ${at}`, tags: ['a'] },
  }));
  client.answer('account.run', ({ operation, input }) => {
    const { id, limit } = input as { id?: string; limit?: number };
    if (operation === 'document.remove') documents = documents.filter((one) => one.id !== id);
    return operation === 'document.query'
      ? { output: { documents: documents.slice(0, limit) } }
      : { output: {} };
  });
  return client;
}

const page = <DocumentsPage account="harbor" />;

async function show(client: FakeClient) {
  const shown = await renderWith(client, page);
  await shown.user.type(await screen.findByTestId('documents-collection'), 'notes{Enter}');
  return shown;
}

describe('DocumentsPage', () => {
  test('a collection is named, and its documents are there to look at', async () => {
    const client = clientWith(2);
    const { user } = await show(client);
    const [row] = await screen.findAllByTestId('document-row');
    expect(row).toHaveTextContent('doc-0');
    expect(row).toHaveTextContent('"name":"Ada 0"');
    expect(new URLSearchParams(window.location.search).get('collection')).toBe('notes');
    await user.click(within(row as HTMLElement).getByTestId('document-look'));
    const dialog = screen.getByTestId('document-dialog');
    expect(dialog).toHaveTextContent('"tags": [');
  });

  test('there are more than one page of them', async () => {
    const { user } = await show(clientWith(PAGE_DOCUMENTS + 3));
    expect(await screen.findAllByTestId('document-row')).toHaveLength(PAGE_DOCUMENTS);
    await user.click(screen.getByTestId('document-more'));
    expect(await screen.findByText(`doc-${PAGE_DOCUMENTS + 2}`)).toBeInTheDocument();
    expect(screen.queryByTestId('document-more')).toBeNull();
  });

  test('one is deleted after it was asked, and an empty collection says so', async () => {
    const client = clientWith(1);
    const { user } = await show(client);
    await user.click(await screen.findByTestId('document-remove'));
    await user.click(within(screen.getByTestId('remove-stored-dialog')).getByTestId('confirm-yes'));
    expect(await screen.findByText('No documents in it')).toBeInTheDocument();
    expect(client.sentOf('account.run')).toContainEqual({
      account: 'harbor',
      operation: 'document.remove',
      input: { collection: 'notes', id: 'doc-0' },
    });
  });

  test('what is refused is told', async () => {
    const client = clientWith(1);
    client.fail('account.run', { code: 'forbidden', message: 'Not yours.' });
    await show(client);
    expect(await screen.findByText('Not yours.')).toBeInTheDocument();
  });
});
