import type { LogLine } from '@automator67/worker';
import { useVirtualizer } from '@tanstack/react-virtual';
import clsx from 'clsx';
import { useEffect, useRef } from 'react';
import { formatClock } from '../../ui/format';

const LINE_PX = 20;
const OVERSCAN_LINES = 20;
/** Scrolling up by more than this pauses: the person wants to read. */
const PAUSE_AFTER_PX = 60;

type LogListProps = {
  lines: readonly LogLine[];
  following: boolean;
  onPause: () => void;
  empty: string;
};

const STREAM_CLASS: Record<LogLine['stream'], string> = {
  stdout: 'text-ink',
  stderr: 'text-bad',
  build: 'text-busy',
  system: 'text-muted',
};

export function LogList({ lines, following, onPause, empty }: LogListProps) {
  const box = useRef<HTMLDivElement>(null);
  const lastTop = useRef(0);
  const rows = useVirtualizer({
    count: lines.length,
    getScrollElement: () => box.current,
    estimateSize: () => LINE_PX,
    overscan: OVERSCAN_LINES,
  });

  useEffect(() => {
    const element = box.current;
    if (!following || !element || lines.length === 0) return;
    element.scrollTop = element.scrollHeight;
    lastTop.current = element.scrollTop;
  }, [following, lines]);

  return (
    <div
      ref={box}
      data-testid="app-logs"
      role="log"
      aria-label="Log lines"
      aria-live="off"
      // Scrollable regions must be reachable with the keyboard.
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      onScroll={(event) => {
        const { scrollTop, scrollHeight, clientHeight } = event.currentTarget;
        const fromEnd = scrollHeight - clientHeight - scrollTop;
        if (following && scrollTop < lastTop.current && fromEnd > PAUSE_AFTER_PX) onPause();
        lastTop.current = scrollTop;
      }}
      className="h-[min(34rem,62dvh)] overflow-auto bg-canvas font-mono text-xs leading-5 -outline-offset-2 dark:bg-sunken"
    >
      {lines.length === 0 ? (
        <p className="px-4 py-16 text-center font-sans text-sm text-muted">{empty}</p>
      ) : (
        <div className="relative min-w-max" style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map((row) => {
            const line = lines[row.index];
            return line ? (
              <LogRow key={`${line.replica}:${line.seq}`} line={line} top={row.start} />
            ) : null;
          })}
        </div>
      )}
    </div>
  );
}

function LogRow({ line, top }: { line: LogLine; top: number }) {
  return (
    <div
      data-testid="log-line"
      data-stream={line.stream}
      className="absolute left-0 flex min-w-full gap-3 px-4 whitespace-pre hover:bg-line/40"
      style={{ transform: `translateY(${top}px)`, height: LINE_PX }}
    >
      <time dateTime={new Date(line.at).toISOString()} className="text-faint select-none">
        {formatClock(line.at)}
      </time>
      <span className="w-24 shrink-0 truncate text-faint select-none" title={line.replica}>
        {line.node}
      </span>
      <span className={clsx(STREAM_CLASS[line.stream])}>{line.text}</span>
    </div>
  );
}
