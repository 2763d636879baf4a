import type { ChartType, Plugin } from 'chart.js';
import type { Mark } from './chart.types.js';

/** What the two plugins read from a chart's options, so that new data need no new chart. */
declare module 'chart.js' {
  // The parameter's name and its being unused are chart.js's own declaration.
  // eslint-disable-next-line @typescript-eslint/no-unused-vars
  interface PluginOptionsByType<TType extends ChartType> {
    directLabels?: { readonly labels: readonly (DirectLabel | null)[]; readonly ground: string };
    dashedMarks?: { readonly marks: readonly Mark[]; readonly line: string; readonly ink: string };
  }
}

const lineHeight = 14;
const font = '11px "Inter Variable", system-ui, sans-serif';

export interface DirectLabel {
  readonly text: string;
  readonly colour: string;
}

/** A dot on the last point of each line with its value beside it, instead of a legend. Labels that would overlap are moved apart. */
export const directLabels: Plugin<ChartType, { labels?: readonly (DirectLabel | null)[]; ground?: string }> = {
  id: 'directLabels',
  afterDatasetsDraw(chart, _args, options) {
    const { ctx, chartArea } = chart;
    const placed: { x: number; y: number; text: string; colour: string }[] = [];
    for (const [index, label] of (options.labels ?? []).entries()) {
      if (!label || !chart.isDatasetVisible(index)) continue;
      const values = chart.data.datasets[index]?.data ?? [];
      const point = chart.getDatasetMeta(index).data[values.findLastIndex((v) => v !== null && v !== undefined)];
      if (!point) continue;
      ctx.save();
      ctx.fillStyle = label.colour;
      ctx.strokeStyle = options.ground ?? '#fff';
      ctx.lineWidth = 1.5;
      ctx.beginPath();
      ctx.arc(point.x, point.y, 4, 0, Math.PI * 2);
      ctx.fill();
      ctx.stroke();
      ctx.restore();
      placed.push({ x: point.x, y: Math.max(chartArea.top + 6, point.y), text: label.text, colour: label.colour });
    }
    placed.sort((a, b) => a.y - b.y);
    placed.forEach((here, i) => {
      const above = placed[i - 1];
      if (above && here.y - above.y < lineHeight) here.y = above.y + lineHeight;
    });
    // What was pushed below the drawing moves up again, and what is above makes room.
    let floor = chartArea.bottom - 6;
    for (const label of placed.toReversed()) {
      label.y = Math.min(label.y, floor);
      floor = label.y - lineHeight;
    }
    ctx.save();
    ctx.font = `550 ${font}`;
    ctx.textBaseline = 'middle';
    for (const label of placed) {
      const fits = label.x + 8 + ctx.measureText(label.text).width <= chart.width;
      ctx.fillStyle = label.colour;
      ctx.textAlign = fits ? 'left' : 'right';
      ctx.fillText(label.text, fits ? label.x + 8 : label.x - 8, label.y);
    }
    ctx.restore();
  },
};

/** Limits and targets: dashed 3-3 in neutral, their words on the line. */
export const dashedMarks: Plugin<ChartType, { marks?: readonly Mark[]; line?: string; ink?: string }> = {
  id: 'dashedMarks',
  afterDatasetsDraw(chart, _args, options) {
    const { ctx, chartArea } = chart;
    const scale = chart.scales['y'];
    if (!scale || !options.marks?.length) return;
    ctx.save();
    ctx.font = font;
    ctx.strokeStyle = options.line ?? '#888';
    ctx.fillStyle = options.ink ?? '#888';
    ctx.setLineDash([3, 3]);
    for (const mark of options.marks) {
      const y = scale.getPixelForValue(mark.value);
      if (y < chartArea.top - 1 || y > chartArea.bottom + 1) continue;
      ctx.beginPath();
      ctx.moveTo(chartArea.left, y);
      ctx.lineTo(chartArea.right, y);
      ctx.stroke();
      ctx.fillText(mark.label, chartArea.left + 8, y - 4 < chartArea.top + 10 ? y + 12 : y - 4);
    }
    ctx.restore();
  },
};
