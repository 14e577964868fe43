// A chart as the page shows it. Recharts lays out the axes and the grid; it is loaded with the first chart, and draws
// again only when an axis changes, because it costs the most. The lines lie above as the exported figure's own paths.
// Six charts of 3 x 300 points took 130 ms of processor time an update when Recharts drew the lines too, 60 ms when it
// drew the axes each time, and 45 ms when it need not (production build, headless Chromium). What moves with the pointer
// lies above both (Cursor.tsx) and draws nothing here anew.

import { memo } from 'react';
import { CartesianGrid, LineChart, XAxis, YAxis } from 'recharts';
import { bandPath, linePath } from '../../lab/charts/figure.ts';
import { type ChartModel, type Point, strokesOf } from '../../lab/charts/model.ts';
import { positionOf, type ScaleKind, tickText } from '../../lab/charts/scale.ts';
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

function Plot({ model: { x, y, scale, lines }, width }: Props) {
  return (
    <>
      <Axes axes={JSON.stringify([x, y])} scale={scale} width={width} />
      <Lines x={x} y={y} scale={scale} lines={lines} width={width} />
    </>
  );
}

interface AxesProps {
  /** Both axes as JSON: equal text, equal axes. */
  readonly axes: string;
  readonly scale: ScaleKind;
  readonly width: number;
}

const Axes = memo(function Axes({ axes, scale, width }: AxesProps) {
  const [x, y] = JSON.parse(axes) as [ChartModel['x'], ChartModel['y']];
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
        scale={x.scale}
        domain={[...x.domain]}
        ticks={[...x.ticks]}
        tickFormatter={tickText}
        interval={0}
        height={PLOT.bottom}
        tickSize={4}
        allowDataOverflow
        stroke="var(--quiet)"
      />
      <YAxis
        type="number"
        scale={scale}
        domain={[...y.domain]}
        ticks={[...y.ticks]}
        tickFormatter={tickText}
        interval={0}
        width={PLOT.left}
        tickSize={4}
        axisLine={false}
        allowDataOverflow
        stroke="var(--quiet)"
      />
    </LineChart>
  );
});

function Lines({
  x,
  y,
  scale,
  lines,
  width,
}: Pick<ChartModel, 'x' | 'y' | 'scale' | 'lines'> & { readonly width: number }) {
  const plotWidth = width - PLOT.left - PLOT.right;
  const plotHeight = PLOT.height - PLOT.top - PLOT.bottom;
  const xAt = (at: number) => tenths(OVERHANG_PX + positionOf(at, x.domain, x.scale) * plotWidth);
  const yAt = (value: number) => tenths(OVERHANG_PX + (1 - positionOf(value, y.domain, scale)) * plotHeight);
  return (
    <svg
      className="chart-drawing"
      style={{ left: PLOT.left - OVERHANG_PX, top: PLOT.top - OVERHANG_PX }}
      width={plotWidth + 2 * OVERHANG_PX}
      height={plotHeight + 2 * OVERHANG_PX}
      aria-hidden="true"
    >
      {lines.map(
        ({ series: { key, style }, band }) =>
          band !== null && (
            <path
              key={`${key} band`}
              className="chart-band"
              d={bandPath(band, xAt, yAt)}
              fill={`var(${style.colour})`}
            />
          ),
      )}
      {lines.flatMap((line) => {
        const { key, style } = line.series;
        return strokesOf(line).flatMap(({ points, kind }) => [
          <path
            key={`${key} ${kind}`}
            className={`chart-line ${kind}`}
            d={linePath(points, xAt, yAt)}
            stroke={`var(${style.colour})`}
            strokeDasharray={kind === 'raw' ? '' : style.dash}
          />,
          (kind === 'only' || kind === 'bold') && points.length <= MOST_SHAPES && (
            <path key={`${key} shapes`} d={shapesPath(style, points, xAt, yAt)} fill={`var(${style.colour})`} />
          ),
        ]);
      })}
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
