import type { ChartConfiguration, ChartDataset } from 'chart.js';
import { type ChartProps, colourOf, seriesRole } from './chart.types.js';
import { roleColour, type Scheme } from './theme.js';

export interface ChartText {
  readonly tick: (value: number) => string;
  readonly value: (value: number) => string;
  /** Beside the last point: the value without a long unit, which the axis and the title say. */
  readonly label: (value: number) => string;
}

const fontFamily = '"Inter Variable", system-ui, sans-serif';

/** The look of every chart (tokens.md "Charts") as one Chart.js configuration. */
export function chartConfig(props: ChartProps, scheme: Scheme, text: ChartText, still: boolean): ChartConfiguration<'line' | 'bar'> {
  const horizontal = props.kind === 'bar-horizontal';
  const lines = props.kind === 'line' || props.kind === 'area';
  const colour = (role: Parameters<typeof roleColour>[0]) => roleColour(role, scheme);
  const datasets: ChartDataset<'line' | 'bar', (number | null)[]>[] = props.series.map((series, index) => {
    const own = colour(seriesRole(colourOf(series, index)));
    if (lines) {
      return {
        type: 'line' as const,
        label: series.name,
        data: [...series.values],
        borderColor: own,
        backgroundColor: `${own}14`,
        fill: props.kind === 'area',
        borderWidth: 1.75,
        pointRadius: props.labels.length === 1 ? 3 : 0,
        pointHoverRadius: 4,
        pointBackgroundColor: own,
        tension: 0,
        spanGaps: false,
      };
    }
    const fill = series.values.map((_, i) => {
      const special = series.emphasis?.[i];
      return special === undefined ? own : colour(seriesRole(special));
    });
    return { type: 'bar' as const, label: series.name, data: [...series.values], backgroundColor: fill, borderRadius: 2, maxBarThickness: horizontal ? 14 : 28, categoryPercentage: 0.82, barPercentage: 0.9 };
  });
  const last = props.series.map((series, index) => {
    const value = series.values.findLast((v) => v !== null);
    if (!lines || value === undefined || value === null) return null;
    const shown = text.label(value);
    return { text: props.series.length > 1 ? `${series.name} ${shown}` : shown, colour: colour(seriesRole(colourOf(series, index))) };
  });
  const measure = document.createElement('canvas').getContext('2d');
  if (measure) measure.font = `550 11px ${fontFamily}`;
  const labelRoom = Math.max(0, ...last.map((l) => (l && measure ? measure.measureText(l.text).width + 12 : 0)));

  const values = {
    beginAtZero: true,
    stacked: props.kind === 'bar-stacked',
    border: { display: false },
    grid: { color: colour('grid'), drawTicks: false },
    ticks: { color: colour('text-3'), font: { size: 11, family: fontFamily }, maxTicksLimit: 5, padding: 8, callback: (value: string | number) => text.tick(Number(value)) },
    suggestedMax: props.marks && props.marks.length > 0 ? Math.max(...props.marks.map((m) => m.value)) * 1.08 : undefined,
  };
  const names = {
    stacked: props.kind === 'bar-stacked',
    border: { display: false },
    grid: { display: false },
    ticks: { color: colour(horizontal ? 'text-2' : 'text-3'), font: { size: 11, family: fontFamily }, maxTicksLimit: horizontal ? undefined : 6, autoSkip: !horizontal, maxRotation: 0, padding: 4 },
  };
  return {
    type: lines ? 'line' : 'bar',
    data: { labels: [...props.labels], datasets },
    options: {
      responsive: true,
      maintainAspectRatio: false,
      animation: still ? false : { duration: 120 },
      indexAxis: horizontal ? 'y' : 'x',
      interaction: { mode: 'index', intersect: false, axis: horizontal ? 'y' : 'x' },
      layout: { padding: { top: 8, right: lines ? Math.min(180, labelRoom) : 4 } },
      scales: horizontal ? { x: values, y: names } : { y: values, x: names },
      onClick: (_event, elements) => {
        const hit = elements[0];
        if (hit) props.onPoint?.(hit.datasetIndex, hit.index);
      },
      plugins: {
        legend: { display: false },
        directLabels: { labels: last, ground: colour('surface') },
        dashedMarks: { marks: props.marks ?? [], line: colour('neutral'), ink: colour('text-2') },
        tooltip: {
          backgroundColor: colour('text'),
          titleColor: colour('surface'),
          bodyColor: colour('surface'),
          titleFont: { family: fontFamily, size: 11 },
          bodyFont: { family: fontFamily, size: 12 },
          padding: 8,
          cornerRadius: 6,
          boxWidth: 8,
          boxHeight: 8,
          callbacks: { label: (item) => ` ${item.dataset.label ?? ''}: ${text.value(Number(item.raw))}` },
        },
      },
    },
  };
}
