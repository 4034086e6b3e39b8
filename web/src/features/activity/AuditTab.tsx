// The audit log: every command that was given, and what came of it. Read page by page, checked and saved on request.
import type { AuditRecord, ErrorView } from '@automator67/worker';
import { Download, ListChecks, RotateCw, ShieldCheck } from 'lucide-react';
import { useCallback, useEffect, useState } from 'react';
import { toErrorView } from '../../engine/errors';
import { useSend } from '../../engine/hooks';
import { Button } from '../../ui/Button';
import { Card } from '../../ui/Card';
import { download } from '../../ui/download';
import { EmptyState } from '../../ui/EmptyState';
import { ErrorBox } from '../../ui/ErrorBox';
import { plural } from '../../ui/format';
import { SkeletonRows } from '../../ui/Skeleton';
import { SearchInput } from '../../ui/SearchInput';
import { Select } from '../../ui/TextInput';
import { showToast } from '../../ui/toast-store';
import { AuditTable } from './AuditTable';
import { AuditVerdict, type Verdict } from './AuditVerdict';
import { matchesRecord, type OutcomeChoice } from './audit-filter';

const PAGE_RECORDS = 100;
const TEXT_CHARACTERS_MAX = 200;

type Loaded = { records: readonly AuditRecord[]; more: boolean };

export function AuditTab() {
  const send = useSend();
  const [loaded, setLoaded] = useState<Loaded | null>(null);
  const [error, setError] = useState<ErrorView | null>(null);
  const [busy, setBusy] = useState<'older' | 'verify' | 'export' | null>(null);
  const [verdict, setVerdict] = useState<Verdict | null>(null);
  const [text, setText] = useState('');
  const [outcome, setOutcome] = useState<OutcomeChoice>('all');
  const [turn, setTurn] = useState(0);

  useEffect(() => {
    const abort = new AbortController();
    send('audit.list', { limit: PAGE_RECORDS }, { signal: abort.signal }).then(
      (page) => {
        if (abort.signal.aborted) return;
        setError(null);
        setLoaded(page);
      },
      (failure: unknown) => {
        if (!abort.signal.aborted) setError(toErrorView(failure));
      },
    );
    return () => abort.abort();
  }, [send, turn]);

  const perform = useCallback(
    async (what: NonNullable<typeof busy>, work: () => Promise<void>): Promise<void> => {
      setBusy(what);
      setError(null);
      try {
        await work();
      } catch (failure) {
        setError(toErrorView(failure));
      } finally {
        setBusy(null);
      }
    },
    [],
  );

  const showOlder = () =>
    perform('older', async () => {
      const last = loaded?.records.at(-1);
      if (!loaded || !last) return;
      const page = await send('audit.list', { limit: PAGE_RECORDS, before: last.number });
      setLoaded({ records: [...loaded.records, ...page.records], more: page.more });
    });

  const verify = () =>
    perform('verify', async () => {
      setVerdict(null);
      setVerdict({ ...(await send('audit.verify', {})), at: Date.now() });
    });

  const save = () =>
    perform('export', async () => {
      const parts: string[] = [];
      let after = 0;
      for (;;) {
        const part = await send('audit.export', { after });
        parts.push(part.text);
        if (!part.more || part.last <= after) break;
        after = part.last;
      }
      const lines = parts.join('');
      download(`automator67-audit-${today()}.jsonl`, lines, 'application/x-ndjson');
      showToast({ title: `${plural(lines.split('\n').length - 1, 'record')} saved as a file.` });
    });

  const records = loaded?.records ?? [];
  const shown = records.filter((record) => matchesRecord(record, text.trim(), outcome));
  const filtered = text.trim() !== '' || outcome !== 'all';

  return (
    <div className="space-y-5">
      {verdict && <AuditVerdict verdict={verdict} />}
      {error && <ErrorBox error={error} onRetry={() => setTurn((n) => n + 1)} />}
      <Card>
        <div className="flex flex-wrap gap-2 border-b border-line p-3">
          <div className="relative min-w-48 flex-1 max-sm:basis-full">
            <SearchInput
              aria-label="Filter the audit log"
              data-testid="audit-filter"
              placeholder="Filter by command, target or device"
              maxLength={TEXT_CHARACTERS_MAX}
              value={text}
              onChange={(event) => setText(event.target.value)}
            />
          </div>
          <div className="w-40 max-sm:flex-1">
            <Select
              aria-label="Outcome"
              data-testid="audit-outcome"
              value={outcome}
              onChange={(event) => setOutcome(event.target.value as OutcomeChoice)}
            >
              <option value="all">Every outcome</option>
              <option value="done">Done</option>
              <option value="refused">Refused or failed</option>
            </Select>
          </div>
          <div className="flex gap-2">
            <Button
              data-testid="audit-verify"
              busy={busy === 'verify'}
              disabled={busy !== null}
              onClick={() => void verify()}
            >
              <ShieldCheck aria-hidden />
              Verify
            </Button>
            <Button
              data-testid="audit-export"
              busy={busy === 'export'}
              disabled={busy !== null}
              onClick={() => void save()}
            >
              <Download aria-hidden />
              Export
            </Button>
            <Button
              variant="ghost"
              size="icon"
              aria-label="Show the newest"
              title="Show the newest"
              data-testid="audit-refresh"
              onClick={() => setTurn((n) => n + 1)}
            >
              <RotateCw aria-hidden />
            </Button>
          </div>
        </div>
        {!loaded && !error && <SkeletonRows rows={5} className="p-4" />}
        {shown.length > 0 && <AuditTable records={shown} />}
        {loaded && shown.length === 0 && (
          <EmptyState
            icon={ListChecks}
            title={filtered ? 'Nothing matches' : 'No command was given yet'}
          >
            {filtered
              ? `Nothing among the newest ${plural(records.length, 'record')} matches.`
              : 'Every command is written down here from now on, with what came of it.'}
          </EmptyState>
        )}
        {loaded?.more && (
          <div className="border-t border-line p-3 text-center">
            <Button
              size="sm"
              data-testid="audit-older"
              busy={busy === 'older'}
              disabled={busy !== null}
              onClick={() => void showOlder()}
            >
              Show older
            </Button>
          </div>
        )}
      </Card>
    </div>
  );
}

function today(): string {
  return new Date().toISOString().slice(0, 10);
}
