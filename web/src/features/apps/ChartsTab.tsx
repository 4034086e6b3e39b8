import type { AppView } from '@automator67/worker';
import { ChartLine } from 'lucide-react';
import { useMemo } from 'react';
import { Card } from '../../ui/Card';
import { Chart, type ChartSeries } from '../../ui/Chart';
import { EmptyState } from '../../ui/EmptyState';
import { ErrorBox } from '../../ui/ErrorBox';
import { formatBytes, formatMs, formatPercent, formatRate } from '../../ui/format';
import { Skeleton } from '../../ui/Skeleton';
import { useMetrics } from './use-metrics';

const MEMORY_AXIS_BYTES = 32 * 1024 * 1024;

const formatPerSecond = (value: number) => `${formatRate(value)}/s`;

type Panel = {
  title: string;
  series: readonly ChartSeries[];
  format: (value: number) => string;
  atLeast: number;
};

export function ChartsTab({ app }: { app: AppView }) {
  const { points, error, retry } = useMetrics(app);
  const times = useMemo(() => (points ?? []).map((point) => point.at), [points]);
  const panels = useMemo<readonly Panel[]>(() => {
    const all = points ?? [];
    return [
      {
        title: 'Requests',
        format: formatPerSecond,
        atLeast: 1,
        series: [
          { label: 'Requests', colour: 'accent', values: all.map((p) => p.requestsPerSecond) },
        ],
      },
      {
        title: 'Latency',
        format: formatMs,
        atLeast: 5,
        series: [
          { label: 'p50', colour: 'accent', values: all.map((p) => p.p50Ms) },
          { label: 'p95', colour: 'warn', values: all.map((p) => p.p95Ms) },
        ],
      },
      {
        title: 'Errors',
        format: formatPerSecond,
        atLeast: 1,
        series: [{ label: 'Errors', colour: 'bad', values: all.map((p) => p.errorsPerSecond) }],
      },
      {
        title: 'CPU',
        format: formatPercent,
        atLeast: 10,
        series: [{ label: 'CPU', colour: 'busy', values: all.map((p) => p.cpuPercent) }],
      },
      {
        title: 'Memory',
        format: formatBytes,
        atLeast: MEMORY_AXIS_BYTES,
        series: [{ label: 'Memory', colour: 'ok', values: all.map((p) => p.memoryBytes) }],
      },
    ];
  }, [points]);

  if (error && !points) return <ErrorBox error={error} onRetry={retry} />;
  if (!points) {
    return (
      <div className="grid gap-4 lg:grid-cols-2" role="status">
        <span className="sr-only">Loading charts…</span>
        {panels.map((panel) => (
          <Skeleton key={panel.title} className="h-56 rounded-xl" />
        ))}
      </div>
    );
  }
  if (points.length === 0) {
    return (
      <Card>
        <EmptyState icon={ChartLine} title="No measurements yet">
          The first points come a few seconds after a replica has started.
        </EmptyState>
      </Card>
    );
  }
  return (
    <div className="grid gap-4 lg:grid-cols-2">
      {panels.map((panel, index) => (
        <Card key={panel.title} className={index === 0 ? 'p-4 sm:p-5 lg:col-span-2' : 'p-4 sm:p-5'}>
          <Chart times={times} {...panel} />
        </Card>
      ))}
    </div>
  );
}
