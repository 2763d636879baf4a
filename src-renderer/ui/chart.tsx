import { ActionIcon, Tooltip, useComputedColorScheme } from '@mantine/core';
import { useReducedMotion } from '@mantine/hooks';
import { IconChartLine, IconDownload, IconPhoto, IconTable } from '@tabler/icons-react';
import { BarController, BarElement, CategoryScale, Chart as ChartJs, Filler, LinearScale, LineController, LineElement, PointElement, Tooltip as ChartTooltip } from 'chart.js';
import { useEffect, useId, useMemo, useRef, useState } from 'react';
import { Chart as ReactChart } from 'react-chartjs-2';
import { useFormat } from '../lib/format.js';
import { chartConfig } from './chart-config.js';
import { chartCsv, copyImage, fileName, offerFile } from './chart-actions.js';
import { dashedMarks, directLabels } from './chart-plugins.js';
import classes from './chart.module.css';
import { type ChartProps, colourOf, seriesRole } from './chart.types.js';
import { roleColour } from './theme.js';
import { errorToast, okToast } from './toasts.js';

export type { ChartProps, Mark, Series, SeriesColour } from './chart.types.js';

ChartJs.register(BarController, BarElement, CategoryScale, Filler, LinearScale, LineController, LineElement, PointElement, ChartTooltip, directLabels, dashedMarks);

/** Canvas text does not wait for a font as the page does: charts are drawn again when Inter is there. */
function useFont(): boolean {
  const [ready, setReady] = useState(() => document.fonts.check(chartFont));
  useEffect(() => {
    let gone = false;
    // A font that cannot be loaded leaves the system's: nothing to tell.
    const done = () => !gone && setReady(true);
    document.fonts.load(chartFont).then(done, done);
    return () => {
      gone = true;
    };
  }, []);
  return ready;
}
const chartFont = '550 11px "Inter Variable"';

/** Every chart of the program: palette, direct labels, units, an empty state, the numbers as a table (T), Copy image, Export CSV. */
export function Chart(props: ChartProps) {
  const { title, note, series, labels, height = 180 } = props;
  const scheme = useComputedColorScheme('light');
  const still = useReducedMotion(undefined, { getInitialValueInEffect: false }) ?? false;
  const f = useFormat();
  const id = useId();
  const [asTable, setAsTable] = useState(false);
  const fontReady = useFont();
  const chart = useRef<ChartJs<'line' | 'bar'>>(null);
  const unit = /^[%/]/.test(props.unit) ? props.unit : ` ${props.unit}`;
  const value = props.value ?? ((v: number) => `${f.number(v, 2)}${unit}`);
  const tick = props.tick ?? ((v: number) => `${f.compact(v)}${/^[%/]/.test(props.unit) ? props.unit : ''}`);
  const config = useMemo(
    () => chartConfig(props, scheme, { tick, value, label: (v) => (props.value ? props.value(v) : `${f.number(v, 1)}${/^[%/]/.test(props.unit) ? props.unit : ''}`) }, still),
    // The functions are made anew at each render from props and format: the data decide.
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [props.series, props.labels, props.kind, props.unit, props.marks, scheme, f, still, fontReady],
  );
  const nothing = labels.length === 0 || series.every((s) => s.values.every((v) => v === null));

  const copy = () => {
    const canvas = chart.current?.canvas;
    if (canvas) copyImage(canvas, roleColour('surface', scheme), fileName(props)).then((to) => okToast(to === 'clipboard' ? 'Image copied.' : 'Image saved.'), errorToast);
  };
  return (
    <figure
      className={classes.chart}
      style={{ margin: 0 }}
      aria-labelledby={id}
      onKeyDown={(event) => {
        if (event.key.toLowerCase() === 't' && !event.ctrlKey && !event.metaKey && !event.altKey && !nothing) {
          event.preventDefault();
          setAsTable((t) => !t);
        }
      }}
    >
      <figcaption className={classes.head}>
        <h3 id={id} className={classes.title}>
          {title}
        </h3>
        {note !== undefined && <span className={classes.note}>{note}</span>}
        {!nothing && (
          <span className={classes.tools}>
            <Tooltip label={asTable ? 'Show the chart (T)' : 'Show the numbers (T)'}>
              <ActionIcon aria-label={`${asTable ? 'Show the chart' : 'Show the numbers'}: ${title}`} aria-pressed={asTable} onClick={() => setAsTable((t) => !t)}>
                {asTable ? <IconChartLine size={16} /> : <IconTable size={16} />}
              </ActionIcon>
            </Tooltip>
            {!asTable && (
              <Tooltip label="Copy image">
                <ActionIcon aria-label={`Copy image: ${title}`} onClick={copy}>
                  <IconPhoto size={16} />
                </ActionIcon>
              </Tooltip>
            )}
            <Tooltip label="Export CSV">
              <ActionIcon aria-label={`Export CSV: ${title}`} onClick={() => offerFile(`${fileName(props)}.csv`, 'text/csv;charset=utf-8', chartCsv(props))}>
                <IconDownload size={16} />
              </ActionIcon>
            </Tooltip>
          </span>
        )}
      </figcaption>
      {nothing ? (
        <div className={classes.empty} style={{ height }}>
          {props.empty}
        </div>
      ) : asTable ? (
        <div className={classes.table} style={{ maxHeight: Math.max(height, 240) }} tabIndex={0} role="region" aria-label={`${title}, numbers`}>
          <table className="h-table">
            <thead>
              <tr>
                <th scope="col">{props.labelName}</th>
                {series.map((s) => (
                  <th scope="col" key={s.name} className="h-num">
                    {s.name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {labels.map((label, i) => (
                <tr key={`${i}:${label}`}>
                  <th scope="row">{label}</th>
                  {series.map((s) => {
                    const v = s.values[i] ?? null;
                    return (
                      <td key={s.name} className="h-num">
                        {v === null ? '' : value(v)}
                      </td>
                    );
                  })}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : (
        <>
          {props.kind.startsWith('bar') && series.length > 1 && (
            <div className={classes.legend}>
              {series.map((s, i) => (
                <span key={s.name}>
                  <span className={classes.swatch} style={{ background: `var(--h-${seriesRole(colourOf(s, i))})` }} aria-hidden />
                  {s.name}
                </span>
              ))}
            </div>
          )}
          <div className={classes.canvas} style={{ height }}>
            <ReactChart
              // Chart.js does not change type or direction in place.
              key={props.kind}
              ref={chart}
              type={config.type}
              data={config.data}
              options={config.options}
              role="img"
              aria-label={`${title}. ${note ?? ''} Press T for the numbers.`}
            />
          </div>
        </>
      )}
    </figure>
  );
}
