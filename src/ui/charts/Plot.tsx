// A chart as the page shows it. Recharts lays out the axes and the grid; it is loaded with the first chart. The lines are
// the exported figure's own paths, put into its drawing: given to Recharts as data, six charts of 3 x 300 points cost 130
// ms of processor time an update, and so drawn 60 ms (production build, headless Chromium, 2 cores). Everything that moves
// with the pointer lies above (Cursor.tsx) and draws nothing here anew.

import { memo } from 'react';
import { CartesianGrid, LineChart, XAxis, YAxis } from 'recharts';
import { linePath } from '../../lab/charts/figure.ts';
import type { ChartModel, Point } from '../../lab/charts/model.ts';
import { positionOf, tickText } from '../../lab/charts/scale.ts';
import { type LineStyle, shapePath } from '../../lab/charts/style.ts';
import { PLOT } from './place.ts';

/** Lines with at most so many points carry their shape at each. */
const MOST_SHAPES = 40;
const SHAPE_RADIUS_PX = 2.6;
/** What of a line may stand outside of the plot: half a shape. */
const OVERHANG_PX = 4;

interface Props {
  readonly model: ChartModel;
  readonly width: number;
}

function Plot({ model, width }: Props) {
  return (
    <LineChart
      width={width}
      height={PLOT.height}
      margin={{ top: PLOT.top, right: PLOT.right, bottom: 0, left: 0 }}
      accessibilityLayer={false}
    >
      <CartesianGrid vertical={false} stroke="var(--line)" />
      <XAxis
        dataKey="x"
        type="number"
        domain={[...model.x.domain]}
        ticks={[...model.x.ticks]}
        tickFormatter={tickText}
        interval={0}
        height={PLOT.bottom}
        tickSize={4}
        allowDataOverflow
        stroke="var(--quiet)"
      />
      <YAxis
        type="number"
        scale={model.scale}
        domain={[...model.y.domain]}
        ticks={[...model.y.ticks]}
        tickFormatter={tickText}
        interval={0}
        width={PLOT.left}
        tickSize={4}
        axisLine={false}
        allowDataOverflow
        stroke="var(--quiet)"
      />
      <Lines model={model} width={width} />
    </LineChart>
  );
}

function Lines({ model, width }: Props) {
  const plotWidth = width - PLOT.left - PLOT.right;
  const plotHeight = PLOT.height - PLOT.top - PLOT.bottom;
  const xAt = (x: number) => tenths(OVERHANG_PX + positionOf(x, model.x.domain, 'linear') * plotWidth);
  const yAt = (y: number) => tenths(OVERHANG_PX + (1 - positionOf(y, model.y.domain, model.scale)) * plotHeight);
  const path = (
    key: string,
    { colour, dash }: LineStyle,
    points: readonly Point[],
    kind: 'raw' | 'smooth' | 'only',
  ) => (
    <path
      key={`${key} ${kind}`}
      className={`chart-line ${kind}`}
      d={linePath(points, xAt, yAt)}
      stroke={`var(${colour})`}
      strokeDasharray={kind === 'raw' ? '' : dash}
    />
  );
  return (
    <svg
      x={PLOT.left - OVERHANG_PX}
      y={PLOT.top - OVERHANG_PX}
      width={plotWidth + 2 * OVERHANG_PX}
      height={plotHeight + 2 * OVERHANG_PX}
      overflow="hidden"
      aria-hidden="true"
    >
      {model.lines.flatMap(({ series: { key, style }, raw, smooth }) =>
        smooth === null
          ? [
              path(key, style, raw, 'only'),
              raw.length <= MOST_SHAPES && (
                <path key={`${key} shapes`} d={shapesPath(style, raw, xAt, yAt)} fill={`var(${style.colour})`} />
              ),
            ]
          : [path(key, style, raw, 'raw'), path(key, style, smooth, 'smooth')],
      )}
    </svg>
  );
}

function shapesPath(
  { shape }: LineStyle,
  points: readonly Point[],
  xAt: (x: number) => number,
  yAt: (y: number) => number,
): string {
  return points.map(({ x, y }) => (y === null ? '' : shapePath(shape, xAt(x), yAt(y), SHAPE_RADIUS_PX))).join('');
}

const tenths = (pixels: number) => Math.round(pixels * 10) / 10;

export default memo(Plot);
