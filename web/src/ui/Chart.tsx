// A time chart on uPlot, in the theme's colours, with the same numbers as a table for those who
// cannot see it. uPlot draws on a canvas, so colours are read from the page's variables, again
// whenever the theme changes.
import { useEffect, useId, useMemo, useRef, useState } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { formatClock } from './format';
import { useThemeTurn } from './use-theme-turn';

export type ChartSeries = { label: string; colour: ChartColour; values: readonly number[] };
export type ChartColour = 'accent' | 'ok' | 'warn' | 'bad' | 'busy';

type ChartProps = {
  title: string;
  /** Unix ms, ascending. */
  times: readonly number[];
  series: readonly ChartSeries[];
  format: (value: number) => string;
  /** The axis reaches at least this far, so that noise near zero does not look like a mountain. */
  atLeast?: number;
};

const HEIGHT_PX = 168;
const TABLE_ROWS_MAX = 20;
const COLOUR_VARIABLE: Record<ChartColour, string> = {
  accent: '--accent',
  ok: '--ok-dot',
  warn: '--warn-dot',
  bad: '--bad-dot',
  busy: '--busy-dot',
};

export const CHART_SWATCH: Record<ChartColour, string> = {
  accent: 'bg-accent',
  ok: 'bg-ok-dot',
  warn: 'bg-warn-dot',
  bad: 'bg-bad-dot',
  busy: 'bg-busy-dot',
};

function themeColour(variable: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(variable).trim() || '#888888';
}

function plotOptions(
  width: number,
  series: readonly { label: string; colour: ChartColour }[],
  format: (value: number) => string,
  atLeast: number,
): uPlot.Options {
  const grid = { stroke: themeColour('--line'), width: 1 };
  const axis = { stroke: themeColour('--ink-faint'), font: '11px Inter Variable, sans-serif' };
  return {
    width,
    height: HEIGHT_PX,
    legend: { show: false },
    cursor: { y: false, points: { size: 6 } },
    padding: [8, 18, 0, 0],
    scales: {
      y: { range: (_plot, _low, high) => [0, Math.max(atLeast, high * 1.1)] },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        ticks: { show: false },
        size: 26,
        space: 70,
        // Seconds only where the ticks are closer than a minute.
        values: (_plot, ticks, _axis, _space, step) =>
          ticks.map((tick) => formatClock(tick * 1000).slice(0, step < 60 ? 8 : 5)),
      },
      {
        ...axis,
        grid,
        ticks: { show: false },
        size: 58,
        space: 36,
        values: (_plot, ticks) => ticks.map(format),
      },
    ],
    series: [
      {},
      ...series.map((one) => ({
        label: one.label,
        stroke: themeColour(COLOUR_VARIABLE[one.colour]),
        fill: series.length === 1 ? `${themeColour(COLOUR_VARIABLE[one.colour])}1f` : undefined,
        width: 1.75,
        points: { show: false },
      })),
    ],
  };
}

export function Chart({ title, times, series, format, atLeast = 1 }: ChartProps) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const [cursor, setCursor] = useState<number | null>(null);
  const themeTurn = useThemeTurn();
  const tableId = useId();
  const shape = series.map((one) => `${one.label}:${one.colour}`).join('|');
  const data = useMemo<uPlot.AlignedData>(
    () => [times.map((at) => at / 1000), ...series.map((one) => [...one.values])],
    [times, series],
  );
  const latestData = useRef(data);
  useEffect(() => {
    latestData.current = data;
  }, [data]);

  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const options = plotOptions(element.clientWidth || 320, series, format, atLeast);
    options.hooks = { setCursor: [(chart) => setCursor(chart.cursor.idx ?? null)] };
    const chart = new uPlot(options, latestData.current, element);
    plot.current = chart;
    const observer = new ResizeObserver(() => {
      chart.setSize({ width: element.clientWidth, height: HEIGHT_PX });
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      chart.destroy();
      plot.current = null;
    };
    // The plot is made anew only when its shape or the theme changes; data flows in below.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [shape, format, atLeast, themeTurn]);

  useEffect(() => plot.current?.setData(data), [data]);

  const shown = cursor ?? times.length - 1;
  return (
    <figure className="min-w-0" aria-describedby={tableId}>
      <figcaption className="mb-2 flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1">
        <span className="text-[13px] font-medium text-ink">{title}</span>
        <span className="flex flex-wrap gap-x-3 text-xs text-muted">
          {series.map((one) => (
            <span key={one.label} className="inline-flex items-center gap-1.5">
              <span aria-hidden className={`size-2 rounded-full ${CHART_SWATCH[one.colour]}`} />
              {series.length > 1 && one.label}
              <span className="tabular text-ink">{format(one.values[shown] ?? 0)}</span>
            </span>
          ))}
        </span>
      </figcaption>
      <div ref={box} aria-hidden className="w-full overflow-hidden" style={{ height: HEIGHT_PX }} />
      <ChartTable id={tableId} title={title} times={times} series={series} format={format} />
    </figure>
  );
}

type ChartTableProps = Pick<ChartProps, 'title' | 'times' | 'series' | 'format'> & { id: string };

function ChartTable({ id, title, times, series, format }: ChartTableProps) {
  const step = Math.max(1, Math.ceil(times.length / TABLE_ROWS_MAX));
  const rows = times.map((at, index) => ({ at, index })).filter(({ index }) => index % step === 0);
  return (
    <table id={id} className="sr-only">
      <caption>{title} over time</caption>
      <thead>
        <tr>
          <th scope="col">Time</th>
          {series.map((one) => (
            <th key={one.label} scope="col">
              {one.label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ at, index }) => (
          <tr key={at}>
            <th scope="row">{formatClock(at)}</th>
            {series.map((one) => (
              <td key={one.label}>{format(one.values[index] ?? 0)}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
