import { waitFor } from '@testing-library/react';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { FakeClient } from '../../testing/fake-client';
import { makeAudit } from '../../testing/fake-data';
import { renderWith, screen } from '../../testing/render';
import { AuditTab } from './AuditTab';

const RECORDS = [
  makeAudit({ number: 3 }),
  makeAudit({ number: 2, command: 'vault.unlock', target: '', outcome: 'unauthorized' }),
  makeAudit({ number: 1, command: 'vault.create', target: '' }),
];

function clientWith(records = RECORDS, page = 2): FakeClient {
  const client = new FakeClient();
  client.answer('audit.list', ({ before = Infinity }) => {
    const left = records.filter((one) => one.number < before);
    return { records: left.slice(0, page), more: left.length > page };
  });
  return client;
}

const rows = () => screen.getAllByTestId('audit-row');

describe('AuditTab', () => {
  afterEach(() => vi.restoreAllMocks());

  test('commands newest first, older ones on request', async () => {
    const { user } = await renderWith(clientWith(), <AuditTab />);
    await waitFor(() => expect(rows()).toHaveLength(2));
    expect(rows()[0]).toHaveTextContent('app.scale');
    expect(rows()[1]).toHaveTextContent('Unauthorized');
    await user.click(screen.getByTestId('audit-older'));
    await waitFor(() => expect(rows()).toHaveLength(3));
    expect(screen.queryByTestId('audit-older')).toBeNull();
  });

  test('filters by words and by outcome', async () => {
    const { user } = await renderWith(clientWith(RECORDS, 10), <AuditTab />);
    await waitFor(() => expect(rows()).toHaveLength(3));
    await user.type(screen.getByTestId('audit-filter'), 'guestbook');
    expect(rows()).toHaveLength(1);
    await user.clear(screen.getByTestId('audit-filter'));
    await user.selectOptions(screen.getByTestId('audit-outcome'), 'refused');
    expect(rows()).toHaveLength(1);
    expect(rows()[0]).toHaveTextContent('vault.unlock');
    await user.type(screen.getByTestId('audit-filter'), 'zzz');
    expect(screen.getByText('Nothing among the newest 3 records matches.')).toBeInTheDocument();
  });

  test('verify says plainly that it is intact, over how many', async () => {
    const client = clientWith();
    client.answer('audit.verify', () => ({ intact: true, records: 3, first: 1, last: 3 }));
    const { user } = await renderWith(client, <AuditTab />);
    await user.click(screen.getByTestId('audit-verify'));
    expect(await screen.findByTestId('audit-verdict')).toHaveTextContent(
      'Intact: all 3 records are as written',
    );
  });

  test('verify says where it is broken, and how', async () => {
    const client = clientWith();
    client.answer('audit.verify', () => ({
      intact: false,
      records: 3,
      first: 1,
      last: 3,
      brokenAt: 2,
      what: 'It does not follow the record before it.',
    }));
    const { user } = await renderWith(client, <AuditTab />);
    await user.click(screen.getByTestId('audit-verify'));
    const verdict = await screen.findByTestId('audit-verdict');
    expect(verdict).toHaveTextContent('Not intact: record 2');
    expect(verdict).toHaveTextContent('It does not follow the record before it.');
    expect(verdict).toHaveAttribute('data-intact', 'false');
  });

  test('export asks until there is no more, and saves all lines as one file', async () => {
    const client = clientWith();
    client.answer('audit.export', ({ after }) =>
      after === 0
        ? { text: '{"number":1}\n', last: 1, more: true }
        : { text: '{"number":2}\n', last: 2, more: false },
    );
    let saved: Blob | null = null;
    URL.createObjectURL = vi.fn((blob: Blob) => {
      saved = blob;
      return 'blob:audit';
    });
    URL.revokeObjectURL = vi.fn();
    vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(() => {});
    const { user } = await renderWith(client, <AuditTab />);
    await user.click(screen.getByTestId('audit-export'));
    expect(await screen.findByTestId('toast')).toHaveTextContent('2 records saved as a file.');
    expect(client.sentOf('audit.export')).toEqual([{ after: 0 }, { after: 1 }]);
    expect((saved as Blob | null)?.size).toBe('{"number":1}\n{"number":2}\n'.length);
  });
});
