// Everything that happened, newest first. Older lines are asked for as the list is scrolled; new
// ones come in by events and are put on top when they match the search.
import type { ActivityView, ErrorView } from '@automator67/worker';
import { SearchX } from 'lucide-react';
import { useDeferredValue, useEffect, useMemo, useState } from 'react';
import { toErrorView } from '../../engine/errors';
import { useActivity, useSend, type Send } from '../../engine/hooks';
import { Button } from '../../ui/Button';
import { Card } from '../../ui/Card';
import { EmptyState } from '../../ui/EmptyState';
import { ErrorBox } from '../../ui/ErrorBox';
import { SkeletonRows } from '../../ui/Skeleton';
import { SearchInput } from '../../ui/SearchInput';
import { Select } from '../../ui/TextInput';
import { ActivityRow } from '../../ui/ActivityRow';
import { mergeActivity, matches } from './merge-activity';
import { useSeen } from './use-seen';

const PAGE_LINES = 100;
const TEXT_CHARACTERS_MAX = 200;

type Level = ActivityView['level'] | 'all';

export function EventsTab() {
  const live = useActivity();
  const send = useSend();
  const [text, setText] = useState('');
  const [level, setLevel] = useState<Level>('all');
  const wanted = useDeferredValue(text.trim());
  const older = useOlder(send, wanted);
  const lines = useMemo(
    () => mergeActivity(older.lines, live).filter((line) => matches(line, wanted, level)),
    [older.lines, live, wanted, level],
  );
  const { more, loading, loadMore } = older;
  const sentinel = useSeen<HTMLDivElement>(more && !loading && !older.error, loadMore);

  return (
    <Card>
      <div className="flex flex-wrap gap-2 border-b border-line p-3">
        <div className="relative min-w-48 flex-1">
          <SearchInput
            aria-label="Search activity"
            data-testid="activity-search"
            placeholder="Search by app, node or words"
            maxLength={TEXT_CHARACTERS_MAX}
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        </div>
        <div className="w-40 max-sm:flex-1">
          <Select
            aria-label="Level"
            data-testid="activity-level"
            value={level}
            onChange={(event) => setLevel(event.target.value as Level)}
          >
            <option value="all">All levels</option>
            <option value="info">Info</option>
            <option value="warning">Warnings</option>
            <option value="error">Errors</option>
          </Select>
        </div>
      </div>
      {older.error && (
        <div className="p-4">
          <ErrorBox error={older.error} onRetry={loadMore} />
        </div>
      )}
      {lines.length > 0 && (
        <ol className="divide-y divide-line" aria-label="Activity">
          {lines.map((line) => (
            <ActivityRow key={line.seq} line={line} />
          ))}
        </ol>
      )}
      {lines.length === 0 && !loading && !older.error && (
        <EmptyState
          icon={SearchX}
          title={wanted === '' && level === 'all' ? 'Nothing has happened yet' : 'Nothing matches'}
          action={
            (wanted !== '' || level !== 'all') && (
              <Button
                onClick={() => {
                  setText('');
                  setLevel('all');
                }}
              >
                Clear the search
              </Button>
            )
          }
        >
          {wanted === '' && level === 'all'
            ? 'Claims, deployments and lost nodes will be listed here.'
            : 'Try fewer words, or another level.'}
        </EmptyState>
      )}
      {loading && <SkeletonRows rows={3} className="p-4" />}
      <div ref={sentinel} />
    </Card>
  );
}

type Older = {
  lines: readonly ActivityView[];
  more: boolean;
  loading: boolean;
  error: ErrorView | null;
  loadMore: () => void;
};

/** `answered`: the question this is the answer to. */
type Loaded = Omit<Older, 'loadMore' | 'loading'> & { text: string; answered: string };

/** The lines the engine keeps, page by page, for one search text. */
function useOlder(send: Send, text: string): Older {
  const [loaded, setLoaded] = useState<Loaded>({
    text,
    lines: [],
    more: true,
    error: null,
    answered: '',
  });
  const [turn, setTurn] = useState(0);
  const asked = `${turn} ${text}`;

  useEffect(() => {
    const abort = new AbortController();
    const lines = loaded.text === text ? loaded.lines : [];
    send(
      'activity.list',
      { limit: PAGE_LINES, ...(text && { text }), ...(lines[0] && { before: lines[0].seq }) },
      { signal: abort.signal },
    ).then(
      ({ activity }) => {
        if (abort.signal.aborted) return;
        const all = mergeActivity(lines, activity).reverse();
        setLoaded({
          text,
          lines: all,
          more: activity.length === PAGE_LINES,
          error: null,
          answered: asked,
        });
      },
      (error: unknown) => {
        if (abort.signal.aborted) return;
        setLoaded({ text, lines, more: true, error: toErrorView(error), answered: asked });
      },
    );
    return () => abort.abort();
    // Asks again for another text or another page; `loaded` itself is only where it goes on from.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [send, asked]);

  const current = loaded.text === text ? loaded : { ...loaded, lines: [], more: true };
  const loading = loaded.answered !== asked;
  return { ...current, loading, loadMore: () => setTurn((n) => n + 1) };
}
