// One chart: title with unit, legend with exact values, lines, cursor, and a menu (log axis, values, files).

import { lazy, Suspense, useCallback, useEffect, useId, useMemo, useRef, useState } from 'react';
import { drawFigure, legendLines } from '../../lab/charts/figure.ts';
import type { Mark } from '../../lab/charts/marks.ts';
import { type ChartModel, type ChartView, chartModel, type Series } from '../../lab/charts/model.ts';
import { pngOf } from '../../lab/charts/paint.ts';
import type { ScaleKind } from '../../lab/charts/scale.ts';
import { svgOf } from '../../lab/charts/svg.ts';
import { stepOfX } from '../../lab/charts/track.ts';
import { ChartHead } from './ChartHead.tsx';
import { ChartTable } from './ChartTable.tsx';
import { Cursor } from './Cursor.tsx';
import { Legend } from './Legend.tsx';
import { PLOT, useIsOnScreen, useWidth } from './place.ts';
import { sentenceOf } from './reading.ts';
import { lightColourOf, saveFile } from './save.ts';
import { useTurn } from './turns.ts';
import { useShared } from './view.ts';
import './charts.css';

const Plot = lazy(() => import('./Plot.tsx'));

/** Room that one tick label takes on the horizontal axis. */
const TICK_PX = 64;
const Y_TICKS = 4;
const NOTES_TITLE =
  'Of each bucket of steps the smallest and the largest value are drawn; a log axis has no place for values ≤ 0.';
const NO_MARKS: readonly Mark[] = [];

export interface ChartProps {
  readonly title: string;
  /** '': none. */
  readonly unit?: string;
  /** One sentence: what it is. */
  readonly help?: string;
  /** Where that comes from. */
  readonly source?: string;
  /** The same array, or the same function, as long as nothing changed; called when the chart's turn to be drawn comes. */
  readonly series: readonly Series[] | (() => readonly Series[]);
  readonly marks?: readonly Mark[];
  /** How the vertical axis starts out; the reader can change it. */
  readonly scale?: ScaleKind;
  /** Values that a linear axis shows in any case. */
  readonly atLeast?: readonly number[];
  /** What the lines are, in a few words: what a band stands for. */
  readonly note?: string;
  /** Said in an exported figure: which run, and what of its config differs. */
  readonly caption?: string;
  /** Lines of the legend that room is kept for. */
  readonly legendRows?: number;
}

const LEGEND_ROW_REM = 1.2;

const resolved = (series: ChartProps['series']) => (typeof series === 'function' ? series() : series);

const fileNameOf = (title: string) =>
  title
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');

/** Draws at most four times a second, only on screen, and at most 300 points a line. */
export function Chart({
  title,
  unit = '',
  help,
  source,
  series,
  marks = NO_MARKS,
  scale: first = 'linear',
  atLeast,
  note,
  caption = '',
  legendRows = 2,
}: ChartProps) {
  const id = useId();
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const isOnScreen = useIsOnScreen(box);
  const [scale, setScale] = useState<ScaleKind>(first);
  const [isTabled, setIsTabled] = useState(false);
  const axis = useShared((view) => view.axis);
  const mode = useShared((view) => view.mode);
  const range = useShared((view) => view.range);
  const smoothing = useShared((view) => view.smoothing);

  const wish = useMemo(
    () => ({
      series,
      marks,
      width,
      view: { axis, mode, scale, range, smoothing, ...(atLeast && { atLeast }) } satisfies ChartView,
    }),
    [series, marks, width, axis, mode, scale, range, smoothing, atLeast],
  );
  const drawn = useTurn(wish, isOnScreen);
  // null before the chart was ever on screen.
  const model = useMemo(
    () =>
      drawn.width === 0
        ? null
        : chartModel(resolved(drawn.series), drawn.view, {
            x: Math.max(2, Math.floor(drawn.width / TICK_PX)),
            y: Y_TICKS,
          }),
    [drawn],
  );
  const lines = useMemo(() => (model === null ? [] : legendLines(model).map((line) => line.series)), [model]);

  // What is saved is what there is then, so the head need not follow every row.
  const latest = useRef(wish);
  useEffect(() => {
    latest.current = wish;
  }, [wish]);
  const save = useCallback(
    (kind: 'svg' | 'png') => {
      const { series: now, view } = latest.current;
      const everyPoint = { ...view, mostPoints: Number.POSITIVE_INFINITY };
      const figure = drawFigure({
        title,
        unit,
        mode: view.mode,
        model: chartModel(resolved(now), everyPoint, { x: 10, y: 6 }),
        marks: latest.current.marks,
        caption,
        smoothing: view.smoothing,
        colourOf: lightColourOf,
      });
      const file = fileNameOf(title);
      if (kind === 'svg') saveFile(`${file}.svg`, svgOf(figure), 'image/svg+xml');
      else void pngOf(figure).then((png) => saveFile(`${file}.png`, png));
    },
    [title, unit, caption],
  );

  return (
    <figure className="chart" aria-labelledby={`${id}-title`}>
      <ChartHead
        id={`${id}-title`}
        title={title}
        unit={unit}
        help={help}
        source={source}
        scale={scale}
        isTabled={isTabled}
        onScale={setScale}
        onTabled={setIsTabled}
        onSave={save}
      />
      <div style={{ minHeight: `${legendRows * LEGEND_ROW_REM}rem` }}>
        <Legend series={lines} />
      </div>
      <div className="chart-plot" ref={box} style={{ height: PLOT.height }}>
        {model !== null && (
          <>
            <div aria-hidden="true" className="chart-lines">
              <Suspense fallback={null}>
                <Plot model={model} width={drawn.width} />
              </Suspense>
            </div>
            {model.isEmpty && <p className="chart-empty">{emptinessOf(model)}</p>}
            <CursorAt
              title={title}
              model={model}
              view={drawn.view}
              marks={drawn.marks}
              width={drawn.width}
              describedBy={`${id}-notes`}
            />
          </>
        )}
      </div>
      <p className="chart-notes" title={note ?? NOTES_TITLE} id={`${id}-notes`}>
        {[...(note === undefined ? [] : [note]), ...(model === null ? [] : notesOf(model))].join(' · ')}
      </p>
      {isTabled && model !== null && (
        <ChartTable title={title} model={model} visible={visibleSteps(model, drawn.view)} />
      )}
    </figure>
  );
}

interface CursorAtProps {
  readonly title: string;
  readonly model: ChartModel;
  readonly view: ChartView;
  readonly marks: readonly Mark[];
  readonly width: number;
  readonly describedBy: string;
}

/** The cursor with its reading, which changes without the chart. */
function CursorAt({ view, model, ...props }: CursorAtProps) {
  const cursorStep = useShared((shared) => shared.cursorStep);
  const reading = sentenceOf(
    legendLines(model).map(({ series }) => series),
    cursorStep,
    view.mode,
    model.x.steps,
  );
  return <Cursor {...props} model={model} mode={view.mode} reading={reading} />;
}

function visibleSteps({ ruler, x }: ChartModel, { mode }: ChartView): readonly [number, number] {
  return ruler === null ? [0, 0] : [stepOfX(ruler, x.domain[0], mode), stepOfX(ruler, x.domain[1], mode)];
}

function emptinessOf({ notPositive }: ChartModel): string {
  return notPositive > 0 ? 'All values are 0 or less: a log axis has no place for them.' : 'No value yet.';
}

function notesOf({ thinned, notPositive, isEmpty }: ChartModel): string[] {
  const notes: string[] = [];
  if (thinned !== null) notes.push(`${thinned.drawn} of ${thinned.of} points drawn`);
  if (notPositive > 0 && !isEmpty) notes.push(`${notPositive} value${notPositive === 1 ? '' : 's'} ≤ 0 left out`);
  return notes;
}
