import type { AppView, LogLine } from '@automator67/worker';
import { Download, Eraser, Pause, Play } from 'lucide-react';
import { useMemo, useState } from 'react';
import { Button } from '../../ui/Button';
import { download } from '../../ui/download';
import { Card } from '../../ui/Card';
import { CopyButton } from '../../ui/CopyButton';
import { IconButton } from '../../ui/IconButton';
import { formatCount } from '../../ui/format';
import { Notice } from '../../ui/Notice';
import { SearchInput } from '../../ui/SearchInput';
import { Select } from '../../ui/TextInput';
import { asText, filterLines, LOG_LINES_MAX } from './log-buffer';
import { LogList } from './LogList';
import { useLogs } from './use-logs';

export function LogsTab({ app }: { app: AppView }) {
  const logs = useLogs(app.name);
  const [text, setText] = useState('');
  const [replica, setReplica] = useState('');
  // Frozen lines while paused; null: following.
  const [frozen, setFrozen] = useState<readonly LogLine[] | null>(null);
  const source = frozen ?? logs.lines;
  const lines = useMemo(() => filterLines(source, { text, replica }), [source, text, replica]);
  const replicas = useMemo(
    () => [
      ...new Set([...app.replicas.map((one) => one.id), ...source.map((line) => line.replica)]),
    ],
    [app.replicas, source],
  );
  const paused = frozen !== null;

  return (
    <Card>
      <div className="flex flex-wrap items-center gap-2 border-b border-line p-3">
        <div className="relative min-w-40 flex-1">
          <SearchInput
            aria-label="Filter log lines"
            data-testid="log-filter"
            placeholder="Filter lines"
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        </div>
        <div className="w-44 max-sm:flex-1">
          <Select
            aria-label="Replica"
            data-testid="log-replica"
            value={replica}
            onChange={(event) => setReplica(event.target.value)}
          >
            <option value="">All replicas</option>
            {replicas.map((id) => (
              <option key={id} value={id}>
                {id}
              </option>
            ))}
          </Select>
        </div>
        <div className="flex items-center gap-1">
          <Button
            size="sm"
            className="h-9"
            data-testid="log-pause"
            aria-pressed={paused}
            onClick={() => setFrozen(paused ? null : logs.lines)}
          >
            {paused ? <Play aria-hidden /> : <Pause aria-hidden />}
            {paused ? 'Follow' : 'Pause'}
          </Button>
          <CopyButton text={asText(lines)} label="shown lines" />
          <IconButton
            icon={Download}
            label="Download shown lines"
            title="Download shown lines"
            onClick={() => download(`${app.name}.log`, asText(lines))}
          />
          <IconButton
            icon={Eraser}
            label="Clear the view"
            title="Clear the view"
            onClick={() => {
              logs.clear();
              setFrozen(null);
            }}
          />
        </div>
      </div>
      {logs.error && (
        <div className="p-3">
          <Notice tone="warn">
            {logs.error.message} {logs.error.hint} Trying again…
          </Notice>
        </div>
      )}
      <LogList
        lines={lines}
        following={!paused}
        onPause={() => setFrozen(logs.lines)}
        empty={emptyText(logs.open, text !== '' || replica !== '', app.state)}
      />
      <div className="flex items-center justify-between gap-3 border-t border-line px-4 py-2 text-xs text-muted">
        <span className="tabular">
          {formatCount(lines.length)} of {formatCount(source.length)} lines
          {source.length >= LOG_LINES_MAX && ', the newest are kept'}
        </span>
        <span role="status">
          {paused ? 'Paused' : logs.open ? 'Following live' : 'Connecting…'}
        </span>
      </div>
    </Card>
  );
}

function emptyText(open: boolean, filtered: boolean, state: AppView['state']): string {
  if (filtered) return 'No line matches the filter.';
  if (state === 'stopped') return 'The app is stopped; it writes nothing.';
  return open
    ? 'Nothing written yet. New lines appear here by themselves.'
    : 'Asking the nodes for their lines…';
}
