import type { Role } from './theme.js';

/** `neutral` for held back, the rest, "before"; `accent` for today or what is moving now. */
export type SeriesColour = 1 | 2 | 3 | 4 | 5 | 6 | 'neutral' | 'accent' | 'bad';

export interface Series {
  readonly name: string;
  /** One value per label; null leaves a gap. */
  readonly values: readonly (number | null)[];
  /** Default: its place in the Okabe-Ito order. */
  readonly colour?: SeriesColour;
  /** Bars only: single bars in another colour, by index (today in accent). */
  readonly emphasis?: Readonly<Record<number, SeriesColour>>;
}

/** A limit or target: a dashed line with its words on it. */
export interface Mark {
  readonly value: number;
  readonly label: string;
}

export interface ChartProps {
  /** A section-like heading above the drawing. */
  readonly title: string;
  readonly note?: string;
  readonly kind: 'line' | 'area' | 'bar' | 'bar-stacked' | 'bar-horizontal';
  /** One per position on the axis, as shown. */
  readonly labels: readonly string[];
  /** Heading of the labels' column in the table and the CSV: `Day`, `Hour (CET)`. */
  readonly labelName: string;
  readonly series: readonly Series[];
  /** What the numbers are: `messages`, `/s`, `%`. On the axis, in tooltips and in the table's heading. */
  readonly unit: string;
  /** Axis ticks; default compact numbers. Tooltips and table always show exact values. */
  readonly tick?: (value: number) => string;
  readonly value?: (value: number) => string;
  readonly marks?: readonly Mark[];
  readonly height?: number;
  /** One sentence when there is nothing to draw. */
  readonly empty: string;
  /** File name without extension for the copies; default from the title. */
  readonly file?: string;
  /** A click on a point: open its people. */
  readonly onPoint?: (seriesIndex: number, index: number) => void;
}

export function seriesRole(colour: SeriesColour): Role {
  return colour === 'neutral' || colour === 'accent' || colour === 'bad' ? colour : `chart-${colour}`;
}

export function colourOf(series: Series, index: number): SeriesColour {
  return series.colour ?? ((((index % 6) + 1) as 1 | 2 | 3 | 4 | 5 | 6));
}
